use super::*;
use crate::crypto::base64;
use crate::crypto::digest::unhex;

fn hex(text: &str) -> Vec<u8> {
    unhex(text.replace(' ', "").as_bytes()).unwrap()
}

/// The key of the examples in GB/T 32918.5, appendix A, and GM/T 0003.5.
const PRIVATE: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const PUBLIC: &str = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                      ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";

fn private() -> Sm2Private {
    private_of(PRIVATE)
}

fn private_of(number: &str) -> Sm2Private {
    let secret = SecretKey::from_slice(&hex(number)).unwrap();
    let signing = SigningKey::new(USER_ID, &secret).unwrap();
    Sm2Private { secret, signing }
}

fn public() -> Sm2Public {
    Sm2Public::from_sec1(&hex(PUBLIC)).unwrap()
}

fn digest_of(key: &Sm2Public, message: &[u8]) -> [u8; 32] {
    let mut digest = key.digest();
    digest.update(message);
    digest.finalize().into()
}

/// GB/T 32918.5, appendix A.2.
#[test]
fn signature_vector_holds() {
    let key = public();
    assert!(private().public() == key);
    assert_eq!(
        user_digest(&key.key, USER_ID)[..],
        hex("b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3")
    );
    let digest = digest_of(&key, b"message digest");
    assert_eq!(
        digest[..],
        hex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640")
    );
    let signature = [
        hex("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"),
        hex("b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"),
    ];
    let der = Signature::from_slice(&signature.concat()).unwrap().to_der();
    assert!(key.verify(&digest, der.as_bytes()));
    assert!(!key.verify(&digest_of(&key, b"message digesu"), der.as_bytes()));
}

/// GM/T 0003.5, appendix C.2.
#[test]
fn ciphertext_vector_holds() {
    let parts = [
        hex("0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"),
        hex("e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"),
        hex("59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"),
        hex("21886ca989ca9c7d58087307ca93092d651efa"),
    ];
    let ciphertext = parts.concat();
    let key = DecryptingKey::new(private().secret);
    assert_eq!(key.decrypt(&ciphertext).unwrap(), b"encryption standard");
}

const SDK_SIGNATURE: &str = "MEYCIQD35Rp3CKt7pLme/a0GaCVmwSeOl7X/12+ppRivcJuf6QIhAO5Vpy4tSk9SJUrgH5I5Qy0aYhFG9lN0aof1f\
                             5wJOI05";

/// The public key, message and signature of a test in WeChat Pay's SDK for Java, module `shangmi-testing`, class
/// `BaseSM2Test`.
#[test]
fn a_signature_of_wechat_pays_sdk_is_verified() {
    let key = Sm2Public::from_sec1(&hex(
        "047bcd47f75ea19d04c0a72b4da70f57dd1b3f9337cc5dd1241881b913431939bf\
         69a55ef6b46710c7e1724523d0f646dd694d2483976f6e850d466378fa8b2f7e",
    ))
    .unwrap();
    let signature = base64::decode(SDK_SIGNATURE).unwrap();
    assert!(key.verify(&digest_of(&key, b"message"), &signature));
    assert!(!key.verify(&digest_of(&key, b"false-message"), &signature));
}

/// The private key and the ciphertext of the same class.
#[test]
fn a_ciphertext_of_wechat_pays_sdk_is_decrypted() {
    let key = private_of("fd4f526b3e5c78319084504c7ff707221dbeab92f3be1adbf0bd92238b0f511f");
    let text = "MHECIAGn23Ew8nF0zRfu3qgdD6VATSmGM5wrVFvNqg1ToXneAiBgfOJLVi1NtpRVH2qanzooL4gOrDKKOloD7gS17g\
                +iCQQgcTtJpGhytHZeV/HeTqYkg3YqOY+Vybx+OQx217Ktn0QECdMjiI7lpId5dg==";
    let decrypt = |text: &str| key.decrypt(&base64::decode(text).unwrap());
    assert_eq!(**decrypt(text).unwrap(), *b"plaintext");
    // As that class alters it.
    assert!(decrypt(&text.replace('1', "2")).is_none());
    // The signature above is this key's.
    let digest = digest_of(&key.public(), b"message");
    assert!(
        key.public()
            .verify(&digest, &base64::decode(SDK_SIGNATURE).unwrap())
    );
}

#[test]
fn every_altered_bit_of_a_signature_is_detected() {
    let (key, digest) = (public(), digest_of(&public(), b"pay 1 yuan"));
    let signature = private().sign(&digest).unwrap();
    assert!(key.verify(&digest, &signature));
    for bit in 0..8 * signature.len() {
        let mut altered = signature.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        assert!(!key.verify(&digest, &altered), "bit {bit}");
    }
    for bit in 0..256 {
        let mut altered = digest;
        altered[bit / 8] ^= 1 << (bit % 8);
        assert!(!key.verify(&altered, &signature), "bit {bit} of the digest");
    }
    let longer = [&signature[..], &[0]].concat();
    for wrong in [
        &longer[..],
        &signature[..signature.len() - 1],
        b"",
        &[0x30, 0],
    ] {
        assert!(!key.verify(&digest, wrong));
    }
}

#[test]
fn every_altered_bit_of_a_ciphertext_is_detected() {
    let ciphertext = public().encrypt("张三".as_bytes()).unwrap();
    assert_eq!(
        &private().decrypt(&ciphertext).unwrap()[..],
        "张三".as_bytes()
    );
    for bit in 0..8 * ciphertext.len() {
        let mut altered = ciphertext.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        assert!(private().decrypt(&altered).is_none(), "bit {bit}");
    }
    for len in 0..ciphertext.len() {
        assert!(
            private().decrypt(&ciphertext[..len]).is_none(),
            "{len} bytes"
        );
    }
}

/// Messages and texts of many lengths, and as many generated keys.
#[test]
fn what_is_signed_and_encrypted_is_verified_and_decrypted() {
    use sm2::elliptic_curve::Generate;
    for len in (1..70).chain([255, 256, 1000]) {
        let secret = SecretKey::generate();
        let der = secret.to_sec1_der().unwrap();
        let key = Sm2Private::from_sec1(&der).unwrap();
        let text = vec![b'a'; len];
        let digest = digest_of(&key.public(), &text);
        assert!(key.public().verify(&digest, &key.sign(&digest).unwrap()));
        assert!(!public().verify(&digest, &key.sign(&digest).unwrap()));
        let ciphertext = key.public().encrypt(&text).unwrap();
        assert_eq!(*key.decrypt(&ciphertext).unwrap(), text);
        assert!(private().decrypt(&ciphertext).is_none());
    }
}

#[test]
fn an_empty_text_is_refused() {
    let err = public().encrypt(b"").unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Encrypt);
    assert!(err.to_string().contains("empty"), "{err}");
}

#[test]
fn the_usual_mistakes_are_recognised() {
    let (key, message) = (public(), b"pay");
    let sign = |digest: [u8; 32]| private().sign(&digest).unwrap();
    let right = sign(digest_of(&key, message));
    let raw = Signature::from_der(&right).unwrap().to_vec();
    let hex = |bytes: &[u8]| crate::crypto::digest::hex_lower(bytes);
    let no_id = Sm3::new_with_prefix(user_digest(&key.key, "")).chain_update(message);
    for (text, expected) in [
        (base64::encode(&right), &[][..]),
        (hex(&right), &[Sm2Mistake::Hex]),
        (base64::encode(&raw), &[Sm2Mistake::Raw]),
        (hex(&raw), &[Sm2Mistake::Hex, Sm2Mistake::Raw]),
        (
            base64::encode(&sign(no_id.finalize().into())),
            &[Sm2Mistake::NoUserId],
        ),
        (
            base64::encode(&sign(Sm3::digest(message).into())),
            &[Sm2Mistake::NoUserDigest],
        ),
        (
            base64::encode(&sign(sha256(message))),
            &[Sm2Mistake::Sha256],
        ),
        (base64::encode(&sign(digest_of(&key, b"other"))), &[]),
        (String::new(), &[]),
        ("?".to_owned(), &[]),
    ] {
        assert_eq!(key.mistakes(message, &text), expected, "{text}");
    }
}

#[test]
fn a_point_off_the_curve_is_refused() {
    let mut point = hex(PUBLIC);
    point[64] ^= 1;
    assert!(Sm2Public::from_sec1(&point).is_none());
    assert!(Sm2Public::from_sec1(&[0]).is_none());
    assert!(Sm2Public::from_sec1(&[]).is_none());
}
