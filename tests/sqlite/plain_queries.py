"""Random SELECTs that Flink SQL and SQLite read alike, over tables with NULLs and few distinct values.

Left out because the two differ by definition: division, floating point, overflow, string collation beyond ASCII.
"""
import random

TABLES = ("a", "b", "c")
COLUMNS = {"k": "int", "n": "int", "s": "text", "f": "bool"}
WORDS = ("", "x", "y", "xy", "Yx", "zz")


def table_rows(rng, count):
    """Rows of one table: (id, k, n, s, f), a third of the cells NULL, `id` unique."""
    def maybe(value):
        return None if rng.random() < 0.3 else value
    return [(i, maybe(rng.randint(0, 4)), maybe(rng.randint(-9, 9)), maybe(rng.choice(WORDS)), maybe(rng.random() < 0.5))
            for i in range(count)]


class Scope:
    """The columns that an expression may name: (text, type) pairs."""

    def __init__(self, columns):
        self.columns = columns

    def of(self, kind):
        return [text for text, has in self.columns if has == kind]


class Generator:
    """One seed, one endless sequence of queries."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.aliases = 0

    def alias(self):
        self.aliases += 1
        return f"t{self.aliases}"

    # Expressions -------------------------------------------------------------------------------------------------

    def expression(self, kind, scope, depth):
        return {"int": self.integer, "text": self.text, "bool": self.boolean}[kind](scope, depth)

    def integer(self, scope, depth):
        columns = scope.of("int")
        if depth <= 0 or self.rng.random() < 0.3:
            return self.rng.choice(columns) if columns and self.rng.random() < 0.8 else str(self.rng.randint(-3, 9))
        a, b = (self.integer(scope, depth - 1) for _ in range(2))
        return self.rng.choice([
            lambda: f"({a} {self.rng.choice('+-')} {b})",
            lambda: f"({a} * {self.rng.randint(-2, 3)})",
            lambda: f"ABS({a})",
            lambda: f"COALESCE({a}, {b})",
            lambda: f"NULLIF({a}, {b})",
            lambda: f"CASE WHEN {self.boolean(scope, depth - 1)} THEN {a} ELSE {b} END",
            lambda: f"CASE {a} WHEN {b} THEN {self.integer(scope, 0)} END",
            lambda: f"CHAR_LENGTH({self.text(scope, depth - 1)})",
            lambda: f"MOD({a}, {self.rng.randint(2, 5)})",
        ])()

    def text(self, scope, depth):
        columns = scope.of("text")
        if depth <= 0 or self.rng.random() < 0.3:
            return self.rng.choice(columns) if columns and self.rng.random() < 0.8 else f"'{self.rng.choice(WORDS)}'"
        a, b = (self.text(scope, depth - 1) for _ in range(2))
        return self.rng.choice([
            lambda: f"({a} || {b})",
            lambda: f"UPPER({a})",
            lambda: f"LOWER({a})",
            lambda: f"SUBSTRING({a}, {self.rng.randint(1, 3)}, {self.rng.randint(0, 3)})",
            lambda: f"REPLACE({a}, 'x', 'q')",
            lambda: f"COALESCE({a}, {b})",
            lambda: f"CASE WHEN {self.boolean(scope, depth - 1)} THEN {a} ELSE {b} END",
        ])()

    def boolean(self, scope, depth):
        columns = scope.of("bool")
        if depth <= 0 or self.rng.random() < 0.15:
            if columns and self.rng.random() < 0.5:
                return self.rng.choice(columns)
            return f"({self.integer(scope, 0)} {self.comparison()} {self.integer(scope, 0)})"
        less = depth - 1
        return self.rng.choice([
            lambda: f"({self.boolean(scope, less)} AND {self.boolean(scope, less)})",
            lambda: f"({self.boolean(scope, less)} OR {self.boolean(scope, less)})",
            lambda: f"(NOT {self.boolean(scope, less)})",
            lambda: f"({self.integer(scope, less)} {self.comparison()} {self.integer(scope, less)})",
            lambda: f"({self.text(scope, less)} {self.comparison()} {self.text(scope, less)})",
            lambda: f"({self.integer(scope, less)} IS {self.rng.choice(['', 'NOT '])}NULL)",
            lambda: f"({self.boolean(scope, less)} IS {self.rng.choice(['', 'NOT '])}TRUE)",
            lambda: f"({self.integer(scope, less)} {self.rng.choice(['', 'NOT '])}IN (0, 2, {self.rng.randint(-9, 9)}))",
            lambda: f"({self.integer(scope, less)} BETWEEN {self.integer(scope, 0)} AND {self.integer(scope, 0)})",
            lambda: f"({self.text(scope, less)} LIKE '{self.rng.choice(['x%', '%y', '%x%', '_', 'x_', '%'])}')",
            lambda: f"({self.integer(scope, less)} IS NOT DISTINCT FROM {self.integer(scope, less)})",
        ])()

    def comparison(self):
        return self.rng.choice(["=", "<>", "<", "<=", ">", ">="])

    def aggregate(self, scope):
        """An aggregate call and the type of what it gives."""
        x = self.integer(scope, 1)
        clause = f" FILTER (WHERE {self.boolean(scope, 1)})" if self.rng.random() < 0.2 else ""
        return self.rng.choice([
            ("COUNT(*)" + clause, "int"), (f"COUNT({x})" + clause, "int"), (f"SUM({x})" + clause, "int"),
            (f"MIN({x})" + clause, "int"), (f"MAX({x})" + clause, "int"), (f"COUNT(DISTINCT {x})" + clause, "int"),
            (f"SUM(DISTINCT {x})" + clause, "int"),
            (f"MAX({self.text(scope, 1)})" + clause, "text"), (f"MIN({self.text(scope, 1)})" + clause, "text")])

    # Relations ---------------------------------------------------------------------------------------------------

    def relation(self, depth):
        """A FROM item and the scope that it opens."""
        return self.join(depth) if depth > 0 and self.rng.random() < 0.35 else self.leaf(depth)

    def leaf(self, depth):
        """A table or a sub-query."""
        if depth <= 0 or self.rng.random() < 0.5:
            name = self.alias()
            table = self.rng.choice(TABLES)
            return f"{table} AS {name}", Scope([(f"{name}.{c}", t) for c, t in [("id", "int"), *COLUMNS.items()]])
        query, types = self.query(depth - 1)
        name = self.alias()
        return f"({query}) AS {name}", Scope([(f"{name}.c{i}", t) for i, t in enumerate(types)])

    def join(self, depth):
        left, of_left = self.relation(depth - 1)
        right, of_right = self.leaf(depth - 1)
        both = Scope(of_left.columns + of_right.columns)
        keys = [(x, y) for x, t in of_left.columns for y, u in of_right.columns if t == u and t != "bool"]
        if not keys:
            return left, of_left
        equal = " AND ".join(f"{x} = {y}" for x, y in self.rng.sample(keys, min(len(keys), self.rng.randint(1, 2))))
        # A plain comparison: SQLite 3.40 drops rows of outer joins over a join whose condition is constant.
        columns = both.of("int")
        more = f" AND {self.rng.choice(columns)} {self.comparison()} {self.integer(both, 0)}" if columns and self.rng.random() < 0.3 else ""
        return f"{left} {self.rng.choice(['JOIN', 'JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'])} {right} ON {equal}{more}", both

    def condition(self, scope, depth):
        if depth <= 0 or self.rng.random() < 0.7:
            return self.boolean(scope, 2)
        name = self.alias()
        table = self.rng.choice(TABLES)
        inner = Scope([(f"{name}.{c}", t) for c, t in COLUMNS.items()])
        outer = self.rng.choice(scope.of("int") or ["0"])
        own = f" WHERE {self.boolean(inner, 1)}" if self.rng.random() < 0.5 else ""
        tied = f" WHERE {name}.k = {outer}" + (f" AND {self.boolean(inner, 1)}" if own else "")
        test = self.rng.choice([
            f"{outer} {self.rng.choice(['', 'NOT '])}IN (SELECT {name}.n FROM {table} AS {name}{self.rng.choice([own, tied])})",
            f"EXISTS (SELECT 1 FROM {table} AS {name}{tied})",
            f"NOT EXISTS (SELECT 1 FROM {table} AS {name}{tied})",
            f"{outer} > (SELECT MIN({name}.n) FROM {table} AS {name}{own})",
            f"{outer} <= (SELECT MAX({name}.n) FROM {table} AS {name}{tied})"])
        return self.rng.choice([test, f"{test} AND {self.boolean(scope, 1)}", f"({test} OR {self.boolean(scope, 1)})"])

    # Queries -----------------------------------------------------------------------------------------------------

    def query(self, depth):
        """A query and the types of its columns c0, c1, ..."""
        kind = self.rng.random()
        if depth > 0 and kind < 0.12:
            return self.set_operation(depth)
        if kind < 0.5:
            return self.grouped(depth)
        if kind < 0.6:
            return self.top_n()
        return self.plain(depth)

    def where(self, scope, depth):
        return f" WHERE {self.condition(scope, depth)}" if self.rng.random() < 0.6 else ""

    def plain(self, depth, kinds=None):
        source, scope = self.relation(depth)
        kinds = kinds or self.rng.choices(["int", "text", "bool"], [4, 2, 1], k=self.rng.randint(1, 4))
        columns = ", ".join(f"{self.expression(t, scope, 2)} AS c{i}" for i, t in enumerate(kinds))
        distinct = "DISTINCT " if self.rng.random() < 0.2 else ""
        return f"SELECT {distinct}{columns} FROM {source}{self.where(scope, depth)}", kinds

    def grouped(self, depth):
        # Over no rows at all a stream has no global aggregate where SQL has one row: that needs a whole table.
        total = self.rng.random() < 0.2
        source, scope = self.leaf(0) if total else self.relation(depth)
        groups = [] if total else self.rng.sample(scope.columns, min(len(scope.columns), self.rng.randint(1, 2)))
        calls = [self.aggregate(scope) for _ in range(self.rng.randint(1, 3))]
        columns = [*groups, *calls]
        text = ", ".join(f"{e} AS c{i}" for i, (e, _) in enumerate(columns))
        where = self.where(scope, depth) if groups else ""
        by = f" GROUP BY {', '.join(e for e, _ in groups)}" if groups else ""
        having = f" HAVING {calls[0][0]} {self.comparison()} {self.rng.randint(0, 5)}" if groups and calls[0][1] == "int" \
            and self.rng.random() < 0.3 else ""
        return f"SELECT {text} FROM {source}{where}{by}{having}", [t for _, t in columns]

    def top_n(self):
        """The first rows of each key, ordered without ties: ids are unique."""
        name, table = self.alias(), self.rng.choice(TABLES)
        scope = Scope([(f"{name}.{c}", t) for c, t in COLUMNS.items()])
        order = f"{self.rng.choice([f'COALESCE({name}.n, 100)', f'ABS({name}.id - 7)'])} {self.rng.choice(['ASC', 'DESC'])}, {name}.id"
        inner = f"SELECT {name}.*, ROW_NUMBER() OVER (PARTITION BY {name}.{self.rng.choice(['k', 's'])} ORDER BY {order}) AS place " \
                f"FROM {table} AS {name}{self.where(scope, 0)}"
        return f"SELECT id AS c0, k AS c1, s AS c2 FROM ({inner}) WHERE place <= {self.rng.randint(1, 3)}", ["int", "int", "text"]

    def set_operation(self, depth):
        kinds = self.rng.choices(["int", "text"], k=self.rng.randint(1, 2))
        left, right = (self.plain(depth - 1, kinds)[0] for _ in range(2))
        return f"{left} {self.rng.choice(['UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT'])} {right}", kinds
