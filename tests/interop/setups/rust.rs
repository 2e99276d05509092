//! The printed set-up of this project's client makes one call.
// SETUP

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listed = sandbox()?.chain("v3/certificates").get(()).wait()?;
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
    Ok(())
}
