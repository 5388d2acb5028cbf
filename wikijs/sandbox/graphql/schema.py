"""The executable schema: the project's own SDL with resolvers, permissions and rate limits put on its fields.

Built once for a process and shared by all its sandboxes: a resolver gets everything it works on from its context.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_ast_schema,
    default_field_resolver,
    parse,
)

from wikijs.core.documents import bundled
from wikijs.core.documents.schema_versions import schema_at

from ..accounts.permissions import FieldRule, field_rules
from ..context import Context
from ..http.messages import as_object
from ..resolvers import Resolver, resolvers, snake_case
from ..versions import NEWEST, history, permissions_at

ROOTS = {"Query", "Mutation", "Subscription"}
NO_RULE = FieldRule()
DIRECTIVES = ("rateLimit", "auth", "cacheControl", "skip", "include", "deprecated", "specifiedBy")
"""In the order in which the server tells of them; it knows no others."""


def executable_schema(version: str = NEWEST) -> GraphQLSchema:
    """The schema of a Wiki.js, ready to execute."""
    return built(version)


@cache
def built(version: str) -> GraphQLSchema:
    """The same, built once."""
    newest = parse(bundled.text("schema/wikijs.graphql"), no_location=True)
    schema = build_ast_schema(newest if version == NEWEST else schema_at(newest, history(), version), assume_valid=True)
    schema.directives = tuple(filter(None, map(schema.get_directive, DIRECTIVES)))
    available = resolvers()
    unknown = set(available) - set(field_names(schema))
    if unknown and version == NEWEST:
        raise LookupError(f"resolvers of fields that the schema lacks: {', '.join(sorted(unknown))}")
    rules = {**field_rules()}
    for name, requires in permissions_at(version).items():
        rules[name] = replace(rules[name], requires=requires)
    for type_name, type_ in object_types(schema).items():
        for field_name, field in type_.fields.items():
            for argument_name, argument in field.args.items():
                argument.out_name = snake_case(argument_name)
            name = f"{type_name}.{field_name}"
            equip(field, name, available.get(name), rules.get(name, NO_RULE))
    return schema


def object_types(schema: GraphQLSchema) -> dict[str, GraphQLObjectType]:
    """The schema's own object types by name."""
    return {
        name: type_
        for name, type_ in schema.type_map.items()
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__")
    }


def field_names(schema: GraphQLSchema) -> list[str]:
    """All fields as `Type.field`."""
    return [f"{name}.{field}" for name, type_ in object_types(schema).items() for field in type_.fields]


def missing_resolvers() -> list[str]:
    """Operations that no module answers: asking for one raises NotImplementedError."""
    return [name for name in field_names(executable_schema()) if is_operation(name) and name not in resolvers()]


def is_operation(name: str) -> bool:
    """Whether `Type.field` is an operation of a namespace."""
    type_name = name.partition(".")[0]
    return type_name.endswith(("Query", "Mutation")) and type_name not in ROOTS


def equip(field: GraphQLField, name: str, function: Resolver | None, rule: FieldRule) -> None:
    """Give a field its resolver, behind its rate limit and then its permissions."""
    if name.startswith("Subscription."):
        return  # events come over the socket; a plain request for them gives null
    if name.partition(".")[0] in ROOTS:
        field.resolve = namespace
        return
    if function is None and not is_operation(name):
        resolve = look_up
    else:
        resolve = calling(function or absent(name), is_operation(name))
    field.resolve = guarded(resolve, name, rule) if rule != NO_RULE else resolve


def namespace(_source: Any, _info: GraphQLResolveInfo) -> dict[str, Any]:
    """The value of `Query.pages` and the like: always there, whoever asks."""
    return {}


def look_up(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
    """A field without a resolver: an entry of the object that its parent gave."""
    found = as_object(source)
    if found is not None:
        return found.get(info.field_name)
    return default_field_resolver(source, info, **arguments)


def calling(function: Resolver, is_operation: bool) -> Resolver:
    """A registered function as graphql-core calls resolvers."""

    def call_operation(_source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        return function(info.context, **arguments)

    def call_field(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        return function(info.context, source, **arguments)

    return call_operation if is_operation else call_field


def absent(name: str) -> Resolver:
    """Stands in for a resolver that is not written yet, and says so when called."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise NotImplementedError(f"The sandbox does not answer {name} yet.")

    return refuse


def guarded(resolve: Resolver, name: str, rule: FieldRule) -> Resolver:
    """A resolver that runs only within the rate limit and for callers with one of the permissions."""

    def check(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        context: Context = info.context
        if rule.limit:
            context.sandbox.rate_limits.count(name, context.request.ip, *rule.limit)
        if rule.requires:
            if context.viewer is None:
                raise PermissionError("Unauthorized")
            if not context.viewer.has_any(rule.requires):
                raise PermissionError("Forbidden")
        return resolve(source, info, **arguments)

    return check
