"""Bends ariadne-codegen, which writes the models, to this package: names, bases, docstrings, one module a fragment."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import cast

from ariadne_codegen.plugins.base import Plugin
from graphql import (
    ExecutableDefinitionNode,
    FragmentDefinitionNode,
    GraphQLInputField,
    GraphQLInputObjectType,
    Node,
    SelectionSetNode,
)

from wikijs.codegen import naming
from wikijs.codegen.errors import CodegenError, located

from ..reading.documents import comment_above, name_of
from .rendering import BASE_MODEL


class ModelsPlugin(Plugin):
    """Collects what the package needs besides the files that ariadne-codegen writes by itself."""

    def __init__(self, header: str, homes: Mapping[str, str] | None = None) -> None:
        # Plugins normally take the schema and the configuration; this one needs neither.
        self._header = header
        self._homes = homes or {}
        self._classes: dict[str, str] = {}
        self.fragment_modules: dict[str, ast.Module] = {}
        self.exports: dict[str, str] = {}

    def process_name(self, name: str, node: Node | None = None) -> str:
        """One spelling for models, arguments and methods."""
        return naming.refined(name)

    def get_file_comment(self, comment: str, code: str, source: str | None = None) -> str:
        """The header, without a date: output must not change by itself."""
        return self._header

    def copy_code(self, copied_code: str) -> str:
        """Our bases instead of the copied file; `_add_comments_to_code` has put the header in front of that."""
        return f"{self._header}\n\n{BASE_MODEL}"

    def generate_result_class(
        self,
        class_def: ast.ClassDef,
        operation_definition: ExecutableDefinitionNode,
        selection_set: SelectionSetNode,
    ) -> ast.ClassDef:
        """Remember which fragment a class belongs to, and document the fragment's own class."""
        name = naming.pascal(name_of(operation_definition))
        of_fragment = isinstance(operation_definition, FragmentDefinitionNode)
        other = self._classes.setdefault(class_def.name, name) if of_fragment else name
        if other != name or (class_def.name in self._homes and not (of_fragment and class_def.name == name)):
            problem = f"`{name}` needs the name `{class_def.name}` in Python, which is taken; rename it."
            raise CodegenError(located(operation_definition, problem))
        if of_fragment:
            comment = comment_above(operation_definition)
            if class_def.name == name and comment:
                class_def.body.insert(0, ast.Expr(ast.Constant(f"{comment}\n" if "\n" in comment else comment)))
        return class_def

    def generate_input_field(
        self, field_implementation: ast.AnnAssign, input_field: GraphQLInputField, field_name: str
    ) -> ast.AnnAssign:
        """No null among the items of a list, as in arguments."""
        field_implementation.annotation = cast("ast.expr", _ItemsNotNull().visit(field_implementation.annotation))
        return field_implementation

    def generate_input_class(self, class_def: ast.ClassDef, input_type: GraphQLInputObjectType) -> ast.ClassDef:
        """Inputs have a base of their own."""
        class_def.bases = [ast.Name("InputModel")]
        return class_def

    def generate_inputs_module(self, module: ast.Module) -> ast.Module:
        """Import that base; the formatter removes the other."""
        module.body.insert(0, ast.ImportFrom(module="base_model", names=[ast.alias("InputModel")], level=1))
        return self._without_imported(module)

    def generate_enums_module(self, module: ast.Module) -> ast.Module:
        """Only enums that are not there already."""
        return self._without_imported(module)

    def generate_result_types_module(
        self, module: ast.Module, operation_definition: ExecutableDefinitionNode
    ) -> ast.Module:
        """Models of fragments may have their homes elsewhere."""
        return self._without_imported(module)

    def generate_init_import(self, import_: ast.ImportFrom) -> ast.ImportFrom:
        """Remember what is public: enums and inputs. Result models are wrappers that nobody needs by name."""
        if import_.module in ("enums", "input_types"):
            self.exports |= {
                alias.name: f".{import_.module}" for alias in import_.names if alias.name not in self._homes
            }
        return import_

    def generate_init_module(self, module: ast.Module) -> ast.Module:
        """Nothing: the package's `__init__` is lazy and typed, see `rendering.lazy_module`."""
        return ast.Module(body=[], type_ignores=[])

    def generate_fragments_module(
        self, module: ast.Module, fragments_definitions: dict[str, FragmentDefinitionNode]
    ) -> ast.Module:
        """Cut the module into one a fragment, so that a call loads only the models it needs.

        Fragments never spread each other in circles, so neither do these modules import each other in circles.
        """
        imports = [part for node in module.body if isinstance(node, ast.ImportFrom) for part in self._from_homes(node)]
        classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
        aliases = {
            node.name: base
            for node in classes
            if (base := self._spread_alone(node)) and node.name not in self._classes.values()
        }
        names = sorted(set(self._classes.values()))
        for fragment in (name for name in names if name not in self._homes):
            own = [
                _Renamed(aliases).visit(node)
                for node in classes
                if self._classes[node.name] == fragment and node.name not in aliases
            ]
            others = [
                part
                for name in names
                if name != fragment
                for part in self._from_homes(ast.ImportFrom(naming.snake(name), [ast.alias(name)], 1))
            ]
            outside = [ast.ImportFrom(n.module, n.names, n.level and n.level + 1) for n in imports]
            self.fragment_modules[fragment] = ast.Module(body=[*outside, *others, *own], type_ignores=[])
        return ast.Module(body=[], type_ignores=[])

    def _without_imported(self, module: ast.Module) -> ast.Module:
        """A module without the classes that have their homes elsewhere; those are imported instead."""
        body: list[ast.stmt] = []
        for node in module.body:
            if isinstance(node, ast.ImportFrom):
                body += self._from_homes(node)
            elif not (isinstance(node, ast.ClassDef) and node.name in self._homes):
                body.append(node)
        return ast.Module(body=body, type_ignores=module.type_ignores)

    def _from_homes(self, node: ast.ImportFrom) -> list[ast.ImportFrom]:
        """An import from this package, split by the homes of its names."""
        if not node.level:
            return [node]
        places: dict[tuple[str | None, int], list[ast.alias]] = {}
        for alias in node.names:
            home = self._homes.get(alias.name)
            places.setdefault((home, 0) if home else (node.module, node.level), []).append(alias)
        return [ast.ImportFrom(module, names, level) for (module, level), names in places.items()]

    def _spread_alone(self, node: ast.ClassDef) -> str | None:
        """The fragment that a class is only another name for."""
        base = node.bases[0]
        alone = len(node.bases) == 1 and len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
        return base.id if alone and isinstance(base, ast.Name) and base.id in self._classes else None


class _ItemsNotNull(ast.NodeTransformer):
    """Writes `list[X]` for `list[Optional[X]]`."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.Subscript:
        self.generic_visit(node)
        match node:
            case ast.Subscript(ast.Name("list"), ast.Subscript(ast.Name("Optional"), item)):
                return ast.Subscript(node.value, item)
            case _:
                return node


class _Renamed(ast.NodeTransformer):
    """Uses other names; forward references carry their quotes inside the name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        bare = node.id.strip('"')
        if bare not in self._names:
            return node
        quote = node.id[: node.id.index(bare)]
        return ast.Name(f"{quote}{self._names[bare]}{quote}")
