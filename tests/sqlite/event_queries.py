"""Random event-time queries, each in Flink's words and in SQLite's, over tables whose column `sec` counts seconds.

A window is arithmetic over `sec` on the side of SQLite. No two rows of a table share `at`, rows stand out of order by less
than the watermark's delay, and no row is late.
"""
import random

TABLES = ("a", "b")
DELAY_SECONDS = 20
EPOCH = "TIMESTAMP '2024-01-01 00:00:00'"


def table_rows(rng, count):
    """Rows (id, k, n, sec) in an order that the watermark bears."""
    def maybe(value):
        return None if rng.random() < 0.15 else value
    times = rng.sample(range(6 * count), count)
    times.sort(key=lambda sec: sec + rng.random() * (DELAY_SECONDS - 1))
    return [(i, maybe(rng.randint(0, 3)), maybe(rng.randint(-9, 9)), sec) for i, sec in enumerate(times)]


def seconds_of(column):
    return f"TIMESTAMPDIFF(SECOND, {EPOCH}, {column})"


class EventGenerator:
    """One seed, one endless sequence of (Flink query, SQLite query)."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def pair(self):
        return self.rng.choice([self.windowed, self.windowed, self.session, self.over, self.interval_join, self.window_top,
                                self.window_join, self.first_rows, self.totals_of_windows])()

    def condition(self, prefix=""):
        n, k = prefix + "n", prefix + "k"
        return self.rng.choice([f"{n} > {self.rng.randint(-9, 9)}", f"{n} IS NOT NULL", f"{k} <> 2 OR {n} < 0", f"NOT {k} = 1"])

    def where(self, prefix=""):
        return f" WHERE {self.condition(prefix)}" if self.rng.random() < 0.4 else ""

    def calls(self):
        """Aggregate calls that both sides read alike."""
        clause = f" FILTER (WHERE {self.condition()})"
        one = lambda: self.rng.choice(["COUNT(*)", "COUNT(n)", "SUM(n)", "MIN(n)", "MAX(id)", "COUNT(DISTINCT n)", "SUM(DISTINCT n)"]) \
            + (clause if self.rng.random() < 0.25 else "")
        return [one() for _ in range(self.rng.randint(1, 3))]

    def window(self, table):
        """A table with its windows: (Flink's text, SQLite's text), both with columns ws and we in seconds."""
        size = self.rng.choice([5, 10, 20, 30])
        kind = self.rng.choice(["TUMBLE", "HOP", "CUMULATE"])
        step, parts = size, 1
        if kind != "TUMBLE":
            parts = self.rng.randint(2, 4)
            size = step * parts
        offset = self.rng.choice([0, 0, 3])
        sizes = f"INTERVAL '{size}' SECOND(3)" if kind == "TUMBLE" else f"INTERVAL '{step}' SECOND(3), INTERVAL '{size}' SECOND(3)"
        shift = f", INTERVAL '{offset}' SECOND(3)" if offset else ""
        flink = f"(SELECT *, {seconds_of('window_start')} AS ws, {seconds_of('window_end')} AS we " \
                f"FROM TABLE({kind}(TABLE {table}, DESCRIPTOR(ts), {sizes}{shift})))"
        first = f"(sec + {size} - {offset}) / {{0}} * {{0}} - {size} + {offset}"
        numbers = " UNION ALL ".join(f"SELECT {i} AS i" for i in range(parts))
        if kind == "CUMULATE":
            begin = first.format(size)
            sqlite = f"(SELECT e.*, {begin} AS ws, {begin} + {step} * (i + 1) AS we FROM {table} AS e, ({numbers}) " \
                     f"WHERE {begin} + {step} * (i + 1) > sec)"
        else:
            begin = f"{first.format(step)} - {step} * i"
            sqlite = f"(SELECT e.*, {begin} AS ws, {begin} + {size} AS we FROM {table} AS e, ({numbers}))"
        return flink, sqlite

    def grouped(self, source, keys, calls, where):
        columns = ", ".join(f"{c} AS c{i}" for i, c in enumerate(calls))
        return f"SELECT {', '.join(keys)}, {columns} FROM {source} AS w{where} GROUP BY {', '.join(keys)}"

    def windowed(self):
        flink, sqlite = self.window(self.rng.choice(TABLES))
        keys, calls, where = ["ws", "we", *self.rng.choice([[], ["k"]])], self.calls(), self.where()
        return self.grouped_flink(flink, keys, calls, where), self.grouped(sqlite, keys, calls, where)

    def grouped_flink(self, source, keys, calls, where):
        """Groups by Flink's window columns, as a window aggregate needs them, and shows their seconds."""
        table = source[source.index("FROM ") + 5:-1]
        shown = {"ws": seconds_of("window_start") + " AS ws", "we": seconds_of("window_end") + " AS we"}
        columns = [shown.get(key, key) for key in keys] + [f"{c} AS c{i}" for i, c in enumerate(calls)]
        by = ", ".join(["window_start", "window_end", *[key for key in keys if key not in shown]])
        return f"SELECT {', '.join(columns)} FROM {table}{where} GROUP BY {by}"

    def totals_of_windows(self):
        flink, sqlite = self.windowed()
        outer = "SELECT ws, COUNT(*) AS windows, MAX(c0) AS most FROM ({}) AS t GROUP BY ws"
        return outer.format(flink), outer.format(sqlite)

    def session(self):
        gap, table, calls = self.rng.randint(3, 12), self.rng.choice(TABLES), self.calls()
        flink = self.grouped_flink(f"(SELECT * FROM TABLE(SESSION(TABLE {table} PARTITION BY k, DESCRIPTOR(ts), "
                                   f"INTERVAL '{gap}' SECOND(3))))", ["ws", "we", "k"], calls, "")
        marked = f"(SELECT *, sec - LAG(sec) OVER (PARTITION BY k ORDER BY sec) > {gap} AS opens FROM {table})"
        numbered = f"(SELECT *, SUM(COALESCE(opens, 1)) OVER (PARTITION BY k ORDER BY sec) AS nr FROM {marked})"
        columns = ", ".join(calls)
        return flink, f"SELECT MIN(sec), MAX(sec) + {gap}, k, {columns} FROM {numbered} GROUP BY k, nr"

    def over(self):
        table, where = self.rng.choice(TABLES), self.where()
        reach = self.rng.randint(1, 30)
        by = self.rng.choice(["", "PARTITION BY k "])
        kind = self.rng.choice(["ROWS", "RANGE", "ROWS UNBOUNDED", "RANGE UNBOUNDED"])
        low = {"ROWS": (f"{reach} PRECEDING",) * 2, "RANGE": (f"INTERVAL '{reach}' SECOND(3) PRECEDING", f"{reach} PRECEDING")}
        flink_low, sqlite_low = low.get(kind, ("UNBOUNDED PRECEDING",) * 2)
        calls = [f"{self.rng.choice(['SUM(n)', 'COUNT(n)', 'MIN(n)', 'MAX(n)', 'COUNT(*)'])} OVER w AS c{i}"
                 for i in range(self.rng.randint(1, 2))]
        form = "SELECT id, " + ", ".join(calls) + f" FROM {table}{where} WINDOW w AS ({by}ORDER BY {{}} {kind.split()[0]} BETWEEN {{}} " \
               "AND CURRENT ROW)"
        return form.format("ts", flink_low), form.format("sec", sqlite_low)

    def interval_join(self):
        low, high = sorted(self.rng.randint(-25, 25) for _ in range(2))
        kind = self.rng.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        more = f" AND x.n {self.rng.choice(['<', '<>', '>='])} y.n" if self.rng.random() < 0.4 else ""
        head = f"SELECT x.id AS c0, y.id AS c1, x.n + y.n AS c2 FROM a AS x {kind} b AS y ON x.k = y.k{more} AND "
        sign = lambda seconds: f"{'-' if seconds < 0 else '+'} INTERVAL '{abs(seconds)}' SECOND(3)"
        return head + f"x.ts BETWEEN y.ts {sign(low)} AND y.ts {sign(high)}", head + f"x.sec BETWEEN y.sec + {low} AND y.sec + {high}"

    def window_top(self):
        flink, sqlite = self.window(self.rng.choice(TABLES))
        by, order = self.rng.choice(["", ", k"]), self.rng.choice(["n DESC, id", "COALESCE(n, 0), id DESC", "id"])
        order = order.replace("n DESC", "COALESCE(n, -99) DESC")
        top = self.rng.randint(1, 3)
        table = flink[flink.index("FROM ") + 5:-1]
        flink = f"SELECT {seconds_of('window_start')} AS ws, {seconds_of('window_end')} AS we, id FROM (SELECT *, ROW_NUMBER() OVER (" \
                f"PARTITION BY window_start, window_end{by} ORDER BY {order}) AS place FROM {table}) WHERE place <= {top}"
        return flink, f"SELECT ws, we, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY ws, we{by} ORDER BY {order}) AS place " \
                      f"FROM {sqlite}) WHERE place <= {top}"

    def window_join(self):
        flink, sqlite = self.window("a")
        kind = self.rng.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        head = "SELECT x.id AS c0, y.id AS c1, COALESCE(x.n, y.n) AS c2 FROM "
        table = "(SELECT * FROM " + flink[flink.index("FROM ") + 5:]
        other = table.replace("TABLE a", "TABLE b")
        return f"{head}{table} AS x {kind} {other} AS y ON x.k = y.k AND x.window_start = y.window_start AND " \
               "x.window_end = y.window_end", \
            f"{head}{sqlite} AS x {kind} {sqlite.replace('FROM a AS', 'FROM b AS')} AS y ON x.k = y.k AND x.ws = y.ws AND x.we = y.we"

    def first_rows(self):
        order = self.rng.choice(["ASC", "DESC"])
        form = f"SELECT id, k, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY {{}} {order}) AS place FROM " \
               f"{self.rng.choice(TABLES)}{self.where()}) WHERE place = 1"
        return form.format("ts"), form.format("sec")
