//! Runs every target over its seeds and seeded mutations of them: without a fuzzer, with any toolchain, and with the same
//! inputs each time.
//!
//! `smoke [MUTATIONS [TARGET]]`; it prints an input that violates a property, and fails.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io, panic};

use wechatpay_chain_fuzz::{TARGETS, Target};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Ok(mutations) = arguments.next().map_or(Ok(5_000), |text| text.parse()) else {
        eprintln!("usage: smoke [MUTATIONS [TARGET]]");
        return ExitCode::FAILURE;
    };
    let only = arguments.next();
    let wanted = |target: &&Target| only.as_deref().is_none_or(|only| only == target.0);
    let mut failed = 0;
    for target in TARGETS.iter().filter(wanted) {
        failed += usize::from(!run(*target, mutations));
    }
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn run((name, target): Target, mutations: usize) -> bool {
    let seeds = match seeds(name) {
        Ok(seeds) if !seeds.is_empty() => seeds,
        other => {
            eprintln!("{name}: no seeds: {:?}", other.err());
            return false;
        }
    };
    // Ten thousand levels take several milliseconds each time.
    let mutations = match name {
        "nesting" => mutations / 20,
        _ => mutations,
    };
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mutated = (0..mutations).map(|_| mutate(&seeds, &mut random));
    let count = seeds.len() + mutations;
    for input in seeds.iter().cloned().chain(mutated) {
        if panic::catch_unwind(|| target(&input)).is_err() {
            eprintln!("{name} fails on b\"{}\"", input.escape_ascii());
            return false;
        }
    }
    println!("{name}: {count} inputs");
    true
}

fn seeds(name: &str) -> io::Result<Vec<Vec<u8>>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = read_all(&here.join("seeds").join(name))?;
    if name == "keys" {
        seeds.extend(read_all(&here.join("../tests/data/keys"))?);
    }
    Ok(seeds)
}

/// Reads a folder and those within it, as libFuzzer does. Sorts by name, so that each run is the same.
fn read_all(dir: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut paths: Vec<PathBuf> = Vec::new();
    match fs::read_dir(dir) {
        Ok(entries) => {
            for entry in entries {
                paths.push(entry?.path());
            }
        }
        Err(err) if err.kind() == io::ErrorKind::NotFound => {}
        Err(err) => return Err(err),
    }
    paths.sort();
    let mut contents = Vec::new();
    for path in paths {
        if path.is_dir() {
            contents.extend(read_all(&path)?);
        } else {
            contents.push(fs::read(path)?);
        }
    }
    Ok(contents)
}

/// Bytes that parsers treat specially.
const WORDS: [&[u8]; 16] = [
    b"/",
    b"//",
    b"..",
    b"%2e",
    b"{",
    b"}",
    b"{+x}",
    b"?",
    b"\n",
    b"\"",
    b"\\",
    b"-----",
    b"=",
    b"\0",
    b"\xff",
    "中".as_bytes(),
];

/// Returns a seed with up to eight changes.
fn mutate(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut data = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(8) {
        let at = random.below(data.len() + 1);
        let end = at + random.below(data.len() - at + 1).min(64);
        match random.below(6) {
            0 if at < data.len() => data[at] ^= 1 << random.below(8),
            1 if at < data.len() => data[at] = random.below(256) as u8,
            2 => drop(data.drain(at..end)),
            3 => {
                let copy = data[at..end].to_vec();
                data.splice(at..at, copy);
            }
            4 => {
                let word = WORDS[random.below(WORDS.len())];
                data.splice(at..at, word.iter().copied());
            }
            _ => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len() + 1);
                data.truncate(at);
                data.extend_from_slice(&other[from..]);
            }
        }
    }
    data
}

/// Marsaglia's xorshift64, which gives the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}
