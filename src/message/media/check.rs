//! Checks the bytes of an upload against the given digest or the fingerprint taken before.

use super::source::Source;
use wechatpay_core::crypto::Fingerprint;
use wechatpay_core::crypto::digest::Digester;
use wechatpay_core::error::{Error, ErrorKind, Result, VerifyFailure};

/// The expected digest or fingerprint, computed while the bytes are sent.
pub(super) struct Check {
    proof: Proof,
    left: u64,
}

enum Proof {
    /// The digest that the caller gave.
    Digest(Digester, String),
    /// The fingerprint taken together with the digest.
    FileFingerprint(Fingerprint, [u8; 16]),
}

impl Check {
    pub(super) fn of(source: &Source) -> Result<Option<Self>> {
        let proof = match (source.expected(), source.seen()) {
            (Some((kind, hex)), _) => Proof::Digest(Digester::new(*kind)?, hex.clone()),
            (None, Some(seen)) => Proof::FileFingerprint(Fingerprint::new(&seen.key)?, seen.tag),
            (None, None) => return Ok(None),
        };
        let left = source.len();
        Ok(Some(Self { proof, left }))
    }
}

impl Proof {
    fn update(&mut self, chunk: &[u8]) -> Result<()> {
        match self {
            Self::Digest(digester, _) => digester.update(chunk),
            Self::FileFingerprint(fingerprint, _) => fingerprint.update(chunk),
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Digest(digester, expected) => {
                let algorithm = digester.kind().name();
                let found = digester.finish()?;
                if found == expected {
                    Ok(())
                } else {
                    Err(not_as_said(VerifyFailure::Digest {
                        algorithm,
                        expected,
                        found,
                    }))
                }
            }
            Self::FileFingerprint(fingerprint, tag) => {
                if fingerprint.finish()? == tag {
                    Ok(())
                } else {
                    Err(changed())
                }
            }
        }
    }
}

/// Checks a chunk. The last one passes only if the whole file matches.
pub(super) fn check(place: &mut Option<Check>, chunk: &[u8]) -> Result<()> {
    let Some(check) = place else {
        return Ok(());
    };
    let Some(left) = check.left.checked_sub(chunk.len() as u64) else {
        // The file is too long, which the caller reports.
        return Ok(());
    };
    check.proof.update(chunk)?;
    check.left = left;
    match left {
        0 => place.take().map_or(Ok(()), |check| check.proof.finish()),
        _ => Ok(()),
    }
}

fn not_as_said(failure: VerifyFailure) -> Error {
    Error::new(
        ErrorKind::File,
        "the file to upload does not match the given digest; the upload was aborted",
    )
    .with_source(failure)
}

pub(super) fn changed() -> Error {
    Error::new(
        ErrorKind::File,
        "the file to upload changed after its digest was computed; the upload was aborted: call again \
         when the file no longer changes",
    )
}
