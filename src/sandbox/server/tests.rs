//! Tests the limits of the server with small values.

mod frames;
mod limits;
