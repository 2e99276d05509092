//! Tests the stream of requests, and the limits of the server with small values.

mod apiv2;
mod certificate_clients;
mod events;
mod frames;
mod limits;
mod payscore;
mod trial;
