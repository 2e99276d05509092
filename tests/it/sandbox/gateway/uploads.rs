//! The signed part of an upload, and its required parts.

use wechatpay_sandbox::Sandbox;

use super::super::raw::{Answer, Raw};
use super::super::{Outcome, last, why};

const META: &str = r#"{"filename":"一.jpg","sha256":"160aec5d0269936789b18c67fffee70b3f9378fd6c4557e4228d5f46524469be"}"#;

fn upload(boundary: &str, meta: &str) -> Vec<u8> {
    let mut body = format!(
        "--{boundary}\r\nContent-Type: application/json\r\n\
         Content-Disposition: form-data; name=\"{meta}\"\r\n\r\n{META}\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"一.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(&[0xff, 0xd8, 0, b'\r', b'\n', b'\r', b'\n']);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    body
}

#[test]
fn of_an_upload_the_meta_alone_is_signed() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let raw = |body: Vec<u8>, signed: &[u8]| -> Outcome<Raw> {
        let mut raw = Raw::new(&sandbox, "POST", "/v3/merchant/media/upload")?
            .header("Content-Type", "multipart/form-data; boundary=\"b1\"")
            .body(body);
        raw.signed = Some(signed.to_vec());
        raw.authorized()
    };
    let answer = raw(upload("b1", "meta"), META.as_bytes())?.send(&sandbox)?;
    assert_eq!(answer.status, 200);
    assert_eq!(last(&sandbox)?.json, Some(serde_json::from_str(META)?));

    let whole = upload("b1", "meta");
    let answer = raw(whole.clone(), &whole)?.send(&sandbox)?;
    assert_eq!(answer.code()?, (401, "SIGN_ERROR".to_owned()));

    for body in [upload("b1", "other"), upload("b2", "meta"), Vec::new()] {
        let answer = raw(body, META.as_bytes())?.send(&sandbox)?;
        assert_eq!(answer.code()?, (400, "INVALID_REQUEST".to_owned()));
        assert!(why(&sandbox)?.contains("meta"));
    }
    Ok(())
}

#[test]
fn an_upload_has_a_file_and_a_meta_that_fits_it() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let send = |path: &str, meta: &str, file: &str| {
        let part = "--b\r\nContent-Disposition: form-data; name=";
        let file = match file {
            "" => String::new(),
            file => format!("{part}\"file\"; filename=\"a\"\r\n\r\n{file}\r\n"),
        };
        let body = format!("{part}\"meta\"\r\n\r\n{meta}\r\n{file}--b--\r\n");
        let mut raw = Raw::new(&sandbox, "POST", path)?
            .header("Content-Type", "multipart/form-data; boundary=b")
            .body(body);
        raw.signed = Some(meta.as_bytes().to_vec());
        raw.authorized()?.send(&sandbox)
    };
    let media = "/v3/merchant/media/upload";
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let right = format!(r#"{{"filename":"a","sha256":"{abc}"}}"#);
    assert_eq!(send(media, &right, "abc")?.status, 200);
    let nameless = format!(r#"{{"sha256":"{abc}"}}"#);
    for (meta, file, named) in [
        ("{}", "abc", "filename"),
        ("[1]", "abc", "meta"),
        ("null", "abc", "meta"),
        ("1", "abc", "meta"),
        ("{\"filename\":\"a\"}", "abc", "sha256"),
        ("{\"filename\":\"a\",\"sha256\":1}", "abc", "sha256"),
        (&nameless, "abc", "filename"),
        (&right, "", "file"),
        (&right, "abd", "SHA-256"),
    ] {
        let answer = send(media, meta, file)?;
        assert_eq!(answer.code()?, (400, "PARAM_ERROR".to_owned()), "{meta}");
        assert!(why(&sandbox)?.contains(named), "{meta}: {}", why(&sandbox)?);
    }
    // Its digest has another name, and is not looked at.
    let other = "/v3/mch-manage/submission-files/sub-mchid/1230001104/upload";
    let meta = r#"{"file_name":"a","file_digest":"?"}"#;
    assert_eq!(send(other, meta, "abc")?.status, 200);
    assert_eq!(send(other, "[]", "abc")?.status, 400);
    Ok(())
}

#[test]
fn a_file_keeps_to_the_limits_of_its_page() -> Outcome {
    const IMAGE: &str = "/v3/merchant/media/upload";
    const VIDEO: &str = "/v3/merchant/media/video_upload";
    let sandbox = Sandbox::start_blocking()?;
    let mib = 1 << 20;
    for (path, name, length, named) in [
        (IMAGE, "a.jpg", 2 * mib, ""),
        (IMAGE, "A.PNG", 1, ""),
        (IMAGE, "a", 1, ""),
        (IMAGE, "a.jpg", 2 * mib + 1, "2097152 are allowed"),
        (IMAGE, "a.jpg", 0, "empty"),
        (IMAGE, "a.gif", 1, "does not end"),
        (VIDEO, "a.mp4", 5 * mib, ""),
        (VIDEO, "a.mp4", 5 * mib + 1, "5242880 are allowed"),
        (VIDEO, "a.txt", 1, "does not end"),
    ] {
        let file = vec![b'x'; length];
        let digest: String = openssl::sha::sha256(&file)
            .iter()
            .map(|it| format!("{it:02x}"))
            .collect();
        let meta = format!(r#"{{"filename":"{name}","sha256":"{digest}"}}"#);
        let part = "--b\r\nContent-Disposition: form-data; name=";
        let mut body =
            format!("{part}\"meta\"\r\n\r\n{meta}\r\n{part}\"file\"; filename=\"a\"\r\n\r\n")
                .into_bytes();
        body.extend(file);
        body.extend_from_slice(b"\r\n--b--\r\n");
        let mut raw = Raw::new(&sandbox, "POST", path)?
            .header("Content-Type", "multipart/form-data; boundary=b")
            .body(body);
        raw.signed = Some(meta.into_bytes());
        let status = raw.authorized()?.send(&sandbox)?.status;
        assert_eq!(
            status,
            if named.is_empty() { 200 } else { 400 },
            "{name} {length}"
        );
        assert!(why(&sandbox)?.contains(named), "{}", why(&sandbox)?);
    }
    Ok(())
}

#[test]
fn a_meta_with_a_file_name_is_not_the_signed_text() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let body = String::from_utf8_lossy(&upload("b1", "meta"))
        .replace("name=\"meta\"", "name=\"meta\"; filename=\"meta.json\"");
    let mut raw = Raw::new(&sandbox, "POST", "/v3/merchant/media/upload")?
        .header("Content-Type", "multipart/form-data; boundary=b1")
        .body(body);
    raw.signed = Some(META.as_bytes().to_vec());
    let answer = raw.authorized()?.send(&sandbox)?;
    assert_eq!(answer.code()?, (401, "SIGN_ERROR".to_owned()));
    assert!(why(&sandbox)?.contains("file name"));
    Ok(())
}

#[test]
fn an_upload_without_a_form_is_refused() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let answer = sent(&sandbox, "application/json", META.as_bytes().to_vec())?;
    assert_eq!(answer.code()?, (400, "INVALID_REQUEST".to_owned()));
    assert!(why(&sandbox)?.contains("multipart/form-data"));
    Ok(())
}

/// The Python SDK `wechatpayv3` sends no boundary in its `Content-Type`, and uploads with it.
#[test]
fn an_upload_without_a_boundary_is_accepted() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let answer = sent(&sandbox, "multipart/form-data", upload("b1", "meta"))?;
    assert!(answer.json()?["media_id"].is_string());
    Ok(())
}

fn sent(sandbox: &Sandbox, kind: &str, body: Vec<u8>) -> Outcome<Answer> {
    let mut raw = Raw::new(sandbox, "POST", "/v3/merchant/media/upload")?
        .header("Content-Type", kind)
        .body(body);
    raw.signed = Some(META.as_bytes().to_vec());
    raw.authorized()?.send(sandbox)
}
