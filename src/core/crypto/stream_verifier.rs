use super::PublicKey;
use super::message_digest::MessageDigest;

/// Verifies a signature over a message that arrives in pieces.
///
/// It keeps only the incremental digest of the message.
pub struct StreamVerifier {
    key: PublicKey,
    signature: String,
    digest: MessageDigest,
}

impl StreamVerifier {
    /// Creates a verifier of one base64 signature; a malformed one fails at [`finish`](Self::finish).
    ///
    /// `begun` is the digest of the message's beginning.
    pub fn new(key: &PublicKey, signature: impl Into<String>, begun: MessageDigest) -> Self {
        Self {
            key: key.clone(),
            signature: signature.into(),
            digest: begun,
        }
    }

    /// Adds the next piece of the message.
    pub fn update(&mut self, piece: &[u8]) {
        self.digest.update(piece);
    }

    /// Whether the signature matches the whole message.
    #[must_use]
    pub fn finish(self) -> bool {
        self.key
            .verify_digest(&self.digest.finish(), &self.signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::fixtures;

    fn verify(pieces: &[&str], signature: &str) -> bool {
        let key = fixtures::private_key();
        let mut verifier =
            StreamVerifier::new(key.public_key(), signature, key.public_key().digest());
        for piece in pieces {
            verifier.update(piece.as_bytes());
        }
        verifier.finish()
    }

    #[test]
    fn verification_in_pieces_equals_verification_at_once() {
        let signature = fixtures::private_key()
            .sign(b"1554208460\nnonce\nbody\n")
            .unwrap();
        assert!(verify(&["1554208460\nnonce\nbody\n"], &signature));
        assert!(verify(
            &["1554208460\n", "nonce\n", "", "bo", "dy", "\n"],
            &signature
        ));
        assert!(!verify(&["1554208460\n", "nonce\n", "body"], &signature));
        assert!(!verify(&[], &signature));
        assert!(!verify(&["1554208460\nnonce\nbody\n"], "not base64"));
    }
}
