//! tower's layers at a named place of the stack.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::util::MapErrLayer;
use tower::{ServiceBuilder, layer::layer_fn, service_fn};
use wechatpay_chain::middleware::{self, NextService};
use wechatpay_chain::{Client, Error, ErrorKind, Request, Response, transport};

use crate::support::{Answer, Wire, builder};

async fn native(client: &Client) -> wechatpay_chain::Result<Response> {
    client
        .chain("v3/pay/transactions/native")
        .post(json!({}), ())
        .await
}

/// The layer's service is created once, so all calls share its state.
#[tokio::test]
async fn a_layer_at_a_named_place_shares_its_state() {
    let (made, called) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&made), Arc::clone(&called));
    let client = builder().transport(Wire::ok()).stack(move |stack| {
        let (made, called) = counters;
        let counting = layer_fn(move |inner: NextService| {
            made.fetch_add(1, Ordering::Relaxed);
            let called = Arc::clone(&called);
            ServiceBuilder::new()
                .map_request(move |request: Request| {
                    assert!(
                        request.headers().contains_key("authorization"),
                        "inside of signer"
                    );
                    called.fetch_add(1, Ordering::Relaxed);
                    request
                })
                .service(inner)
        });
        stack
            .after(middleware::SIGNER, "counting", middleware::tower(counting))
            .map(drop)
    });
    let client = client.build().unwrap();
    let sibling = client.with_stack(|_| Ok(())).unwrap();
    for client in [&client, &client.clone(), &sibling] {
        native(client).await.unwrap();
    }
    assert_eq!(
        (made.load(Ordering::Relaxed), called.load(Ordering::Relaxed)),
        (1, 3)
    );
}

#[tokio::test]
async fn a_limit_holds_across_calls() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let highest = Arc::clone(&most);
    let slow = transport::from_fn(move |_| {
        let (now, most) = (Arc::clone(&now), Arc::clone(&highest));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            now.fetch_sub(1, Ordering::Relaxed);
            Ok(Answer::json(json!({})).into_response())
        }
    });
    let client = builder().transport(slow).stack(|stack| {
        let limit = middleware::tower(GlobalConcurrencyLimitLayer::new(2));
        stack.unshift("limit", limit).map(drop)
    });
    let client = client.build().unwrap();
    let calls: Vec<_> = (0..8)
        .map(|_| {
            tokio::spawn({
                let client = client.clone();
                async move { native(&client).await }
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(most.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn errors_keep_their_kind_through_a_layer_that_boxes_them() {
    let wire = Wire::responding(|_| Err(Error::new(ErrorKind::Connect, "on purpose")));
    let boxing = MapErrLayer::new(|err: Error| -> wechatpay_chain::BoxError { err.into() });
    let client = builder()
        .transport(wire)
        .stack(move |stack| stack.unshift("boxing", middleware::tower(boxing)).map(drop));
    let err = native(&client.build().unwrap()).await.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Connect);
    let foreign = layer_fn(|_: NextService| {
        service_fn(|_: Request| async { Err::<Response, _>(std::io::Error::other("on purpose")) })
    });
    let wire = Wire::ok();
    let client = builder().transport(wire.clone()).stack(move |stack| {
        stack
            .unshift("foreign", middleware::tower(foreign))
            .map(drop)
    });
    let err = native(&client.build().unwrap()).await.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Middleware);
    assert!(err.find::<std::io::Error>().is_some() && !err.maybe_sent());
    assert_eq!(wire.count(), 0);
}

#[tokio::test]
async fn a_layer_that_loses_the_extensions_gets_an_error() {
    let losing = layer_fn(|inner: NextService| {
        ServiceBuilder::new()
            .map_request(|request: Request| Request::new(request.into_body()))
            .service(inner)
    });
    let client = builder()
        .transport(Wire::ok())
        .stack(move |stack| stack.unshift("losing", middleware::tower(losing)).map(drop));
    let err = native(&client.build().unwrap()).await.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Middleware);
    assert!(err.to_string().contains("extensions"), "{err}");
    // A layer may also answer itself, without its own error type.
    let answering = layer_fn(|_: NextService| {
        service_fn(|_: Request| async {
            let (status, headers) = (http::StatusCode::OK, http::HeaderMap::new());
            Ok::<_, Infallible>(Response::new(status, headers, "{\"a\":1}"))
        })
    });
    let client = builder().transport(Wire::ok()).stack(move |stack| {
        stack
            .unshift("answering", middleware::tower(answering))
            .map(drop)
    });
    assert_eq!(native(&client.build().unwrap()).await.unwrap()["a"], 1);
}
