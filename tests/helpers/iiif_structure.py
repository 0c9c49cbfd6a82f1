"""What the standards demand of the documents, in the words of JSON Schema and stricter than they are.

Written from the text of the W3C Recommendation "Web Annotation Data Model" (2017) and of IIIF Presentation API 3.0;
members that this plugin never writes are refused, so that a slip of a name is found.
"""

from jsonschema import Draft202012Validator

ADDRESS = {"type": "string", "pattern": r"^https?://[^\s<>\"{}|\\^`]+$"}
NAME = {"type": "string", "pattern": r"^(https?://|urn:uuid:|ni:///)[^\s<>\"{}|\\^`]+$"}
LENGTH = {"type": "integer", "exclusiveMinimum": 0}
LANGUAGE_MAP = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*|none)$"},
    "additionalProperties": {"type": "array", "minItems": 1, "items": {"type": "string"}},
}


def closed(required, **optional):
    """An object with these members and no others."""
    return {
        "type": "object",
        "properties": required | optional,
        "required": list(required),
        "additionalProperties": False,
    }


SOFTWARE = closed({"type": {"const": "Software"}, "name": {"type": "string", "minLength": 1}})
BODY = closed(
    {
        "type": {"const": "TextualBody"},
        "value": {"type": "string", "minLength": 1},
        "format": {"enum": ["text/plain", "application/json"]},
        "purpose": {"const": "describing"},
    },
    language={"const": "en"},
)
SELECTOR = closed({"type": {"const": "SvgSelector"}, "value": {"type": "string", "pattern": "^<svg .*</svg>$"}})
PARENT = closed({"id": ADDRESS, "type": {"const": "Manifest"}})
SOURCE = closed({"id": NAME, "type": {"enum": ["Canvas", "Image"]}}, partOf={"type": "array", "items": PARENT})
ANNOTATION = closed(
    {
        "id": NAME,
        "type": {"const": "Annotation"},
        "motivation": {"const": ["describing", "commenting"]},
        "creator": SOFTWARE,
        "generator": SOFTWARE,
        "body": {"type": "array", "minItems": 1, "items": BODY},
        "target": closed({"type": {"const": "SpecificResource"}, "source": SOURCE, "selector": SELECTOR}),
    }
)
ANNOTATION_PAGE = closed(
    {
        "@context": {
            "enum": [
                "http://www.w3.org/ns/anno.jsonld",
                ["http://www.w3.org/ns/anno.jsonld", "http://iiif.io/api/presentation/3/context.json"],
            ]
        },
        "id": NAME,
        "type": {"const": "AnnotationPage"},
        "items": {"type": "array", "items": ANNOTATION},
    }
)
SERVICE = {
    "oneOf": [
        closed({"id": ADDRESS, "type": {"const": "ImageService3"}}, profile={"type": "string"}),
        closed({"@id": ADDRESS, "@type": {"pattern": "^ImageService[12]$"}}, profile={"type": "string"}),
    ]
}
IMAGE = closed(
    {"id": ADDRESS, "type": {"const": "Image"}},
    format={"pattern": "^image/"},
    width=LENGTH,
    height=LENGTH,
    service={"type": "array", "items": SERVICE},
)
PART = closed(
    {
        "id": ADDRESS,
        "type": {"const": "SpecificResource"},
        "source": IMAGE,
        "selector": closed(
            {"type": {"const": "ImageApiSelector"}}, region={"type": "string"}, rotation={"type": "string"}
        ),
    }
)
PAINTING = closed(
    {
        "id": ADDRESS,
        "type": {"const": "Annotation"},
        "motivation": {"const": "painting"},
        "body": {"oneOf": [IMAGE, PART]},
        "target": ADDRESS,
    }
)
PAINTINGS = closed(
    {
        "id": ADDRESS,
        "type": {"const": "AnnotationPage"},
        "items": {"type": "array", "minItems": 1, "maxItems": 1, "items": PAINTING},
    }
)
CANVAS = closed(
    {
        "id": ADDRESS,
        "type": {"const": "Canvas"},
        "label": LANGUAGE_MAP,
        "width": LENGTH,
        "height": LENGTH,
        "items": {"type": "array", "minItems": 1, "maxItems": 1, "items": PAINTINGS},
    },
    annotations={
        "type": "array",
        "minItems": 1,
        "items": closed({"id": ADDRESS, "type": {"const": "AnnotationPage"}}),
    },
)
MANIFEST = closed(
    {
        "@context": {"const": "http://iiif.io/api/presentation/3/context.json"},
        "id": ADDRESS,
        "type": {"const": "Manifest"},
        "label": LANGUAGE_MAP,
        "items": {"type": "array", "minItems": 1, "items": CANVAS},
    },
    rights={"pattern": r"^http://(creativecommons\.org/|rightsstatements\.org/vocab/)"},
    requiredStatement=closed({"label": LANGUAGE_MAP, "value": LANGUAGE_MAP}),
    seeAlso={
        "type": "array",
        "items": closed({"id": ADDRESS, "type": {"type": "string"}, "format": {"const": "application/ld+json"}}),
    },
)


def problems(document, schema):
    """Where a document breaks a schema, in sentences."""
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(schema).iter_errors(document)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]
