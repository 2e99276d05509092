use wechatpay_chain::{Client, php};

fn refused(client: &Client) {
    let _ = php!(client);
    let _ = php!(client, $instance->v3->certificates->get()->wait());
    let _ = php!(client, $instance->v3->certificates->get(["stream" => true]));
    let _ = php!(client, $instance->v3->pay->_id_->get(["id" => $orderNo]));
    let _ = php!(client, $instance->v3->pay->_id_->get(["query" => ["a" => 1]]));
    let _ = php!(client, $instance->v3->pay->get(["query" => ["a" => 'x']], 2));
    let _ = php!(client, $response = $instance->v3->pay->get());
    let _ = php!(client, r#"
        $instance->v3->pay->post([
            'json' => unknown($a),
        ]);
    "#);
    let _ = php!(client, "$instance->v3->pay->post([");
}

fn main() {}
