"""`typing.NamedTuple`, for type checkers; at run time a class that is made six times as fast.

`typing.NamedTuple` compiles a constructor for each class. A command makes about sixty classes at
start-up, which would take a twentieth of its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import _tuplegetter as field_getter

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
            return super().__new__(cls, name, bases, {"__slots__": (), **namespace, **facts})

    class NamedTuple(tuple, metaclass=NamedTupleType):
        """The methods that all named tuples have."""

        def __new__(cls, *values: Any, **named: Any) -> NamedTuple:
            if named or len(values) != len(cls._fields):
                values = cls._arranged(values, named)
            return tuple.__new__(cls, values)

        @classmethod
        def _arranged(cls, values: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
            """The values of all fields in order.  Raises TypeError for wrong or missing names."""
            given = dict(zip(cls._fields, values, strict=False))
            unknown = [field for field in named if field in given or field not in cls._fields]
            found = cls._field_defaults | given | named
            missing = [field for field in cls._fields if field not in found]
            if unknown or missing or len(values) > len(cls._fields):
                raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")
            return [found[field] for field in cls._fields]

        @classmethod
        def _make(cls, values: Any) -> NamedTuple:
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")
            return made

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **named: Any) -> NamedTuple:
            made = self._make(map(named.pop, self._fields, self))
            if named:
                raise ValueError(f"Got unexpected field names: {list(named)!r}")
            return made

        def __repr__(self) -> str:
            fields = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
            return f"{type(self).__name__}({fields})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)
