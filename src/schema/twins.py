"""The operations of brands, whose fields are those that a service provider sends for a brand, without the brand's number.

WeChat Pay knows a brand by its Authorization. Source: wechatpay-apiv3/wechatpay-skills, wechatpay-product-coupon, which has the
models of both.
"""

# The start of a brand's paths, and of the service provider's.
TWINS = {
    "brand/marketing/product-coupon/": "v3/marketing/partner/product-coupon/",
}
SECTIONS = ("query", "request", "response")


def twin(path):
    """The service provider's path of a brand's path, or None."""
    for own, other in TWINS.items():
        if path.startswith(own):
            return other + path.removeprefix(own)
    return None


def without_brand(fields):
    name = lambda field: field.get("ptr", field.get("name")).rsplit("/", 1)[-1]
    return [dict(field) for field in fields if name(field) != "brand_id"]


def add_twins(schemas, operations):
    """Adds the schemas of the operations, (path, method), that have a twin. `schemas` has the same keys."""
    for path, method in operations:
        if (other := twin(path)) and (path, method) not in schemas:
            schema = schemas[other, method]
            sections = {key: without_brand(schema[key]) for key in SECTIONS if key in schema}
            schemas[path, method] = schema | {"path": path} | sections
