//! Runs one program of the batch: `batch NAME JOB RECORD`.
//!
//! The oracle makes a crate of this folder and of the Rust that was ported; nothing here is compiled by `cargo test`.

#![allow(dead_code, unused)]

mod given;
mod table;
mod told;
mod transport;
mod world;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let world = world::World::open(&args[2], &args[3]);
    let found = table::table().into_iter().find(|(name, _)| *name == args[1]);
    let (_, enter) = found.expect("a program of the batch");
    enter(world);
    world.finish();
}
