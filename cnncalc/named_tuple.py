"""`typing.NamedTuple`, for type checkers; at run time a class that is made six times as fast.

`typing.NamedTuple` compiles a constructor for each class. A command makes about sixty classes at
start-up, which would take a twentieth of its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple", "make"]

make = tuple.__new__
"""Makes a named tuple of a tuple of all its fields, without calling its constructor."""

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import _tuplegetter as field_getter
    from types import CodeType, FunctionType

    CONSTRUCTORS: dict[int, CodeType] = {}
    """The code of `__new__` for each number of fields, whose parameters have no names yet."""

    def constructor(fields: tuple[str, ...], defaults: dict[str, Any]) -> FunctionType:
        """`__new__` with the fields as its parameters.

        Renaming the parameters of compiled code takes a hundredth of the time of compiling.
        """
        count = len(fields)
        if count not in CONSTRUCTORS:
            values = "".join(f"value{index}, " for index in range(count))
            made = eval(f"lambda cls, {values}: make(cls, ({values}))")
            CONSTRUCTORS[count] = made.__code__
        code = CONSTRUCTORS[count].replace(co_name="__new__", co_varnames=("_cls", *fields))
        scope = {"make": make, "__builtins__": {}}
        return FunctionType(code, scope, "__new__", tuple(defaults.values()))

    class NamedTupleType(type):
        """Makes the annotated names of a class the fields of a tuple."""

        def __new__(
            cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]
        ) -> NamedTupleType:
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace[field] for field in fields if field in namespace}
            for index, field in enumerate(fields):
                namespace[field] = field_getter(index, "")
            facts = {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            facts["_positions"] = {field: index for index, field in enumerate(fields)}
            if bases != (tuple,):
                facts["__new__"] = constructor(fields, defaults)
            return super().__new__(cls, name, bases, {"__slots__": (), **namespace, **facts})

    class NamedTuple(tuple, metaclass=NamedTupleType):
        """The methods that all named tuples have."""

        @classmethod
        def _make(cls, values: Any) -> NamedTuple:
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")
            return made

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **named: Any) -> NamedTuple:
            positions, values = self._positions, list(self)
            try:
                for field, value in named.items():
                    values[positions[field]] = value
            except KeyError:
                raise ValueError(f"{type(self).__name__} has no field {field!r}") from None
            return tuple.__new__(type(self), values)

        def __repr__(self) -> str:
            fields = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
            return f"{type(self).__name__}({fields})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)
