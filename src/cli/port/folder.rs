//! `wechatpay port -o DIR`, `--check` and `--report`: files and folders as a tree of modules.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use wechatpay_chain_port::folder::{self, Folder, Root, Source};
use wechatpay_chain_port::source::{Kind, split};
use wechatpay_chain_port::{Problem, emit, syntax};

use super::manifest::Manifest;
use super::report;
use super::{PortArgs, Report};
use crate::exit::Failure;
use crate::files::input;
use crate::i18n::t;
use crate::output::Output;
use crate::own_files::{Files, Written};

/// Folders of other people's code: Composer's and npm's.
const OTHERS: [&str; 2] = ["vendor", "node_modules"];

pub(super) fn run(
    args: &PortArgs,
    options: &emit::Options,
    output: &Output,
) -> Result<(), Failure> {
    let sources = sources(args)?;
    let target = match (&args.output, args.check) {
        (Some(folder), false) => Some(Target::of(folder)?),
        _ => None,
    };
    let root = target.as_ref().map_or(Root::Crate, |target| target.root);
    let ported = folder::rust(&sources, root, options);
    let reports = args.report || args.check || output.json();
    let mut told = Report {
        output,
        failed: ported.report.refused(),
    };
    if !reports {
        ported.diagnostics.iter().for_each(|one| told.tell(one));
    }
    let written = match &target {
        Some(target) if ported.files.iter().any(|file| file.from.is_some()) => {
            target.write(&ported, args)?
        }
        _ => Written::default(),
    };
    if reports {
        report::write(&ported, &written, output)?;
    } else {
        report::summary(&ported, &written, output)?;
    }
    if ported.report.files.iter().all(|file| file.module.is_none()) && !told.failed {
        let mut failure = input(t!("port-nothing"));
        failure.line(t!("port-nothing-hint"));
        return Err(failure);
    }
    told.end()
}

/// Where the Rust goes.
struct Target {
    folder: PathBuf,
    root: Root,
}

impl Target {
    /// A folder `src` is that of a crate; any other folder is a module of a crate.
    fn of(folder: &Path) -> Result<Self, Failure> {
        let whole = std::path::absolute(folder)
            .map_err(|err| input(t!("file-unwritable", path = folder.display(), err = err)))?;
        let root = if whole.file_name() == Some(OsStr::new("src")) {
            Root::Crate
        } else {
            Root::Module
        };
        Ok(Self {
            folder: whole,
            root,
        })
    }

    fn write(&self, ported: &Folder, args: &PortArgs) -> Result<Written, Failure> {
        let mut files = Files::of("wechatpay port");
        for file in &ported.files {
            files.add(
                self.folder.join(&file.path),
                file.from.as_deref(),
                &file.text,
            );
        }
        let manifest = Manifest::new(&self.folder, self.root, args.client_path.as_deref())?;
        let dependencies = match manifest.file() {
            Some(place) if files.may_write(&place) || args.force => {
                files.add(place, None, &manifest.text());
                None
            }
            _ => Some(manifest.dependencies()),
        };
        let written = files.write(args.force)?;
        Ok(Written {
            dependencies,
            ..written
        })
    }
}

fn sources(args: &PortArgs) -> Result<Vec<Source>, Failure> {
    let folders = args.files.iter().filter(|path| path.is_dir()).count();
    match (folders, args.files.len()) {
        (0, _) => of_files(&args.files),
        (1, 1) => of_folder(&args.files[0]),
        _ => Err(super::usage(t!("port-one-folder"))),
    }
}

fn of_files(files: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for file in files {
        let text = crate::files::read_text(file)?;
        let name = file.to_string_lossy();
        let blocks = split(&name, &text, Kind::guess(&name, &text));
        let several = blocks.len() > 1;
        let short = file.file_name().unwrap_or_default().to_string_lossy();
        let stem = short.split('.').next().unwrap_or_default().to_owned();
        for (number, block) in blocks.into_iter().enumerate() {
            let path = if several {
                format!("{stem}_{}", number + 1)
            } else {
                stem.clone()
            };
            sources.push(Source::of_block(&path, block));
        }
    }
    Ok(sources)
}

/// The files of a folder and the folders below it, in the order of their names. Links to folders and
/// hidden folders are not followed.
fn of_folder(folder: &Path) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    let mut todo = vec![(folder.to_owned(), String::new())];
    while let Some((place, path)) = todo.pop() {
        let unreadable =
            |err: std::io::Error| input(t!("file-unreadable", path = place.display(), err = err));
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(&place).map_err(unreadable)? {
            entries.push(entry.map_err(unreadable)?);
        }
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}/{name}")
            };
            let kind = entry.file_type().map_err(unreadable)?;
            if kind.is_dir() {
                if !name.starts_with('.') && !OTHERS.contains(&&*name) {
                    todo.push((entry.path(), below));
                }
            } else if is_php(&name) && entry.path().is_file() {
                sources.extend(of_file(&entry.path(), &below)?);
            }
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(sources)
}

fn is_php(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| {
        ["php", "inc"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(ending))
    })
}

/// A file; one that is no UTF-8 is refused where it names the SDK.
fn of_file(file: &Path, path: &str) -> Result<Option<Source>, Failure> {
    let name = file.to_string_lossy();
    match String::from_utf8(crate::files::read(file)?) {
        Ok(text) => Ok(Some(Source::new(path, &name, &text))),
        Err(err) => {
            let names_sdk = String::from_utf8_lossy(err.as_bytes()).contains("WeChatPay");
            let problem = Problem::error(syntax::Span::default(), "this file is not UTF-8")
                .hint("convert it first: iconv -f GBK -t UTF-8");
            Ok(names_sdk.then(|| Source::unreadable(path, &name, problem)))
        }
    }
}
