//! The limits, with small ones: what is over ends, and the others go on.

mod frames;
mod limits;
