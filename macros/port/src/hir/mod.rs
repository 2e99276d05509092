//! From PHP's syntax to what it means: names resolved, variables placed, types found.
//!
//! The tree of [`tree`] says nothing of Rust. `build` makes it, `pending` refuses what open promises make inexact, `inline`
//! takes handlers that only follow a call out of their closures, `place` decides where each variable
//! begins and which may be read before it is set, and `infer` finds types.
//!
//! `function`, `sdk_class` and `changed` say what calls of PHP's functions and of the SDK's static methods mean.
//!
//! [`evaluate`](crate::evaluate) interprets a tree in which calls keep their names, as PHP looks them up when it runs:
//! `build/open` makes it, and `changes` says what its loops and `try`s may change.

pub mod builtin;
pub mod tree;

mod above;
mod answers;
mod appended;
mod argued;
mod arity;
pub mod arrays;
mod asked;
mod base_urls;
mod bases;
mod build;
mod by_name;
mod callbacks;
mod carried;
mod changed;
mod changes;
mod clients;
mod coerce;
mod dead;
mod decoded;
mod distinct;
pub(crate) mod fallback;
mod flatten;
mod fold;
mod function;
mod gcm;
mod given;
mod guarded_properties;
mod handlers;
mod in_turn;
mod infer;
mod initial;
mod inline;
mod json_errors;
mod kept;
mod lent;
mod lifted;
mod made_properties;
mod magic_members;
mod mixed;
mod notify;
mod objects;
mod outside;
mod passed_on;
mod pending;
mod place;
mod prefixes;
mod promised;
mod promises;
mod property_sets;
mod pushes;
mod readonly;
mod refused;
mod sdk_class;
mod secrets;
mod settings;
mod signatures;
mod sodium;
mod strict;
mod timezone;
mod ty;
mod uploads;
mod walk;
mod walks;

pub(crate) use changes::{Changes, places as changed_places, root};
pub(crate) use function::{node as function, told_as};
pub(crate) use infer::ends;
pub use infer::{Types, types};
pub(crate) use lent::{HINT as LENT_HINT, lent};
pub(crate) use sdk_class::Class as SdkClass;
pub use ty::Ty;
pub use walk::Use;

use crate::diagnostic::Problem;
use crate::source::Block;
use crate::syntax::Program;
pub(crate) use fallback::Fallback;

/// The meaning of a file.
#[must_use]
pub fn of(block: &Block, program: &Program, facts: &Facts) -> tree::File {
    with(block, program, facts, &Fallback::default())
}

/// The meaning of a file, some of whose functions the application has.
pub(crate) fn with(
    block: &Block,
    program: &Program,
    facts: &Facts,
    fallback: &Fallback,
) -> tree::File {
    let mut lost = flatten::lost(program);
    lost.extend(guarded_properties::problems(program));
    let program = gcm::program(sodium::program(flatten::program(program)));
    let program = prefixes::program(uploads::program(program));
    let program = pushes::program(block, program);
    let (program, magic) = magic_members::program(program);
    lost.extend(magic);
    let (program, untold) = json_errors::program(block, program);
    // `promises` first: it moves a call to where its handlers stand. `walks` before `callbacks`: a loop has no closure.
    let program = handlers::program(promises::program(program));
    let program = callbacks::program(walks::program(program));
    lost.extend(untold);
    let (program, problems) = lifted::program(program);
    lost.extend(problems);
    let (mut file, dispatches) = made(block, &program, facts, (None, fallback));
    if dispatches {
        let named = plain(&file);
        (file, _) = made(block, &program, facts, (Some(&named), fallback));
    }
    refused::file(&mut file, lost);
    file
}

/// Leaves the functions to the application in which something was refused, where that means the same; gives whether there
/// are more of them now.
pub(crate) fn leave(
    block: &Block,
    program: &Program,
    file: &tree::File,
    problems: &[Problem],
    fallback: &mut Fallback,
) -> bool {
    let program = gcm::program(sodium::program(flatten::program(program)));
    build::leave(block, &program, file, problems, fallback)
}

/// The methods that take and give nothing but plain values.
fn plain(file: &tree::File) -> build::Named {
    let classes = file.classes.iter();
    let methods = classes.flat_map(|class| {
        let methods = class.methods.iter().filter(|method| {
            let params = method.params.iter();
            let mut types = params.map(|param| &param.ty);
            let gives = method.returns.is_plain() || method.returns == Ty::Void;
            gives && types.all(Ty::is_plain)
        });
        methods.map(|method| {
            let names = [&class.name, &method.name].map(|name| name.to_ascii_lowercase());
            names.into()
        })
    });
    methods.collect()
}

fn made(
    block: &Block,
    program: &Program,
    facts: &Facts,
    (named, fallback): (Option<&build::Named>, &Fallback),
) -> (tree::File, bool) {
    let (mut file, dispatches) = build::file(block, program, named, fallback);
    above::file(&mut file, program);
    outside::file(&mut file);
    objects::file(&mut file, &objects::of(program, &block.text));
    distinct::file(&mut file);
    arity::file(&mut file);
    lent::file(&mut file);
    dead::file(&mut file);
    timezone::file(&mut file);
    appended::file(&mut file);
    decoded::file(&mut file);
    notify::file(&mut file);
    pending::file(&mut file);
    base_urls::file(&mut file);
    fold::file(&mut file);
    secrets::file(&mut file);
    inline::file(&mut file);
    asked::file(&mut file);
    settings::file(&mut file);
    kept::file(&mut file);
    file.classes.iter_mut().for_each(initial::empty_handles);
    in_turn::file(&mut file);
    place::file(&mut file);
    promised::file(&mut file);
    infer::file(&mut file, facts);
    // Parts of responses and exceptions have types of their own, from which others follow.
    while answers::file(&mut file) {
        infer::rounds(&mut file);
    }
    clients::file(&mut file);
    by_name::widen(&mut file);
    infer::finish(&mut file);
    by_name::file(&mut file);
    coerce::file(&mut file);
    arrays::file(&mut file);
    strict::file(&mut file);
    argued::file(&mut file);
    (file, dispatches)
}

/// The meaning of a block whose calls keep their names, and what its loops and `try`s may change.
pub(crate) fn unresolved(block: &Block, program: &Program) -> (tree::File, Changes) {
    let mut file = build::unresolved(block, program);
    let changes = changes::of(&mut file);
    (file, changes)
}

/// Gives the fields of an operation by its method and path: JSON pointers, and `integer` or `string`.
pub type Fields = fn(method: &str, path: &str) -> Vec<(String, &'static str)>;

impl Facts {
    /// With the types of fields.
    #[must_use]
    pub fn new(fields: Fields) -> Self {
        Self {
            fields: Some(fields),
        }
    }
}

/// The facts about WeChat Pay's operations.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts {
    /// The types of an operation's fields, by method and path: JSON pointers with `*` for lists, and
    /// `integer` or `string`.
    pub fields: Option<Fields>,
}
