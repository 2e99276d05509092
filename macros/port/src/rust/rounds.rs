//! Translates files again without the functions of which a part was refused: those are left to the application.

use super::described::Note;
use super::file::{Made, Unit, is_refusal};
use super::options::Options;
use crate::hir::tree::File;
use crate::hir::{self, Fallback};

/// How often more functions are left to the application: the next ones are those that use the values of the ones before.
const ROUNDS: usize = 6;

/// Writes the files until nothing more is left to the application. A file of which something is refused even then stays as
/// it was: it does not compile, and more of it is translated.
pub(super) fn rounds<T>(
    units: &[Unit<'_>],
    options: &Options,
    write: impl Fn(&[File]) -> (Vec<Made>, T),
) -> (Vec<Made>, T) {
    let mut files: Vec<Unsettled<'_>> = units
        .iter()
        .map(|unit| Unsettled::new(unit, options))
        .collect();
    let mut meanings: Vec<File> = files.iter().map(Unsettled::meaning).collect();
    let mut written = write(&meanings);
    for (file, made) in files.iter_mut().zip(&written.0) {
        file.begin(made);
    }
    for _ in 0..ROUNDS {
        let mut more = false;
        for ((file, made), meaning) in files.iter_mut().zip(&written.0).zip(&mut meanings) {
            if file.leave(made, meaning) {
                *meaning = file.meaning();
                more = true;
            }
        }
        if !more {
            break;
        }
        written = write(&meanings);
    }
    let mut reset = false;
    for ((file, made), meaning) in files.iter_mut().zip(&written.0).zip(&mut meanings) {
        if !file.gains(made) {
            file.fallback = Fallback::default();
            *meaning = file.meaning();
            reset = true;
        }
    }
    if reset { write(&meanings) } else { written }
}

struct Unsettled<'u> {
    unit: &'u Unit<'u>,
    options: &'u Options,
    fallback: Fallback,
}

impl<'u> Unsettled<'u> {
    fn new(unit: &'u Unit<'u>, options: &'u Options) -> Self {
        Self {
            unit,
            options,
            fallback: Fallback::default(),
        }
    }

    fn meaning(&self) -> File {
        let Unit { block, program, .. } = self.unit;
        hir::with(block, program, &self.options.facts, &self.fallback)
    }

    fn begin(&mut self, made: &Made) {
        if refuses(made) {
            let calls = made.noted.iter();
            let calls = calls.filter(|noted| matches!(noted.note, Note::Call(..)));
            self.fallback.note(calls.map(|noted| noted.span));
        }
    }

    fn leave(&mut self, made: &Made, meaning: &File) -> bool {
        let Unit { block, program, .. } = self.unit;
        let leaves = refuses(made) && !self.options.in_place;
        leaves && hir::leave(block, program, meaning, &made.problems, &mut self.fallback)
    }

    /// Whether the file is complete, if functions of it are left to the application.
    fn gains(&self, made: &Made) -> bool {
        self.fallback.is_empty() || !refuses(made)
    }
}

fn refuses(made: &Made) -> bool {
    made.problems.iter().any(is_refusal)
}
