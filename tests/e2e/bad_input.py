#!/usr/bin/env python3
"""Bad data and wrong SQL through the program: an error that says where and what to do, or a skipped and counted record.

usage: bad_input.py MILLRACE
"""
import gzip
import json
import sys
import unittest

import program

COLUMNS = "a INT, s STRING, d DECIMAL(5, 2), t TIMESTAMP(3)"

# What the format's readers are to do with a bad record: fail, skip it, keep it in a dead-letter file.
FAIL = ""
SKIP = ", '{format}.ignore-parse-errors' = 'true'"
KEEP = ", 'bad-records.path' = 'dead.json'"


class BadInput(unittest.TestCase):
    def setUp(self):
        self.millrace = program.Program(sys.argv[1], self)

    def read(self, file, policy=FAIL, select="*", columns=COLUMNS):
        """Selects from a file of the folder; the format is the first ending of its name."""
        form = file.split(".")[1]
        return self.millrace.run(
            f"CREATE TABLE t ({columns}) WITH ('connector' = 'filesystem', 'path' = '{file}', "
            f"'format' = '{form}'{policy.format(format=form)});\nSELECT {select} FROM t;")

    def dead(self):
        return [json.loads(line) for line in (self.millrace.folder / "dead.json").read_text().splitlines()]

    def check_refused(self, ended, *parts):
        self.assertEqual(ended.code, 1, ended.err)
        for part in parts:
            self.assertIn(part, ended.err)
        self.assertIn("hint: ", ended.err)

    def check_policies(self, file, content, good, bad):
        """One file under the three policies: `good` values of column a, `bad` (row, code) pairs of the file."""
        self.millrace.write(file, content)
        row, code = bad[0]
        self.check_refused(self.read(file), f"error {code}: {file}, row {row}, byte ")
        kept = self.read(file, KEEP)
        self.assertEqual((kept.code, [row[0] for row in kept.rows]), (0, good), kept.err)
        self.assertIn(f"{len(bad)} bad records skipped", kept.err)
        self.assertEqual([(record["row"], record["code"]) for record in self.dead()], bad)
        for record in self.dead():
            self.assertEqual(record["file"], file)
            self.assertTrue(record["reason"])
        skipped = self.read(file, SKIP)
        self.assertEqual(skipped.code, 0, skipped.err)
        return skipped


class BadJson(BadInput):
    def test_malformed(self):
        lines = ['{"a":1}', '{"a":2,"s"', '{"a":3}', "[1,2]", "nonsense", '{"a":4}}', '{"a":5}']
        skipped = self.check_policies("x.json", "\n".join(lines), [1, 3, 5], [(2, 4003), (4, 4003), (5, 4003), (6, 4003)])
        self.assertEqual([row[0] for row in skipped.rows], [1, 3, 5])
        self.assertIn("4 bad records skipped", skipped.err)

    def test_wrong_types_and_numbers_out_of_range(self):
        lines = ['{"a":"abc"}', '{"a":99999999999}', '{"a":1}', '{"a":2,"t":"2024-13-45 00:00:00"}', '{"a":3,"d":{"x":1}}']
        skipped = self.check_policies("x.json", "\n".join(lines), [1], [(1, 4003), (2, 4003), (4, 4003), (5, 4003)])
        self.assertEqual([row[0] for row in skipped.rows], [None, None, 1, 2, 3])  # as Flink: a bad field is NULL

    def test_invalid_utf8_and_nul_bytes(self):
        content = b'{"a":1,"s":"\xff\xfe"}\n{"a":2,"s":"x\0y"}\n\0\0\0\n{"a":3,"s":"\xc3\xa9"}\n'
        skipped = self.check_policies("x.json", content, [3], [(1, 4005), (2, 4003), (3, 4003)])
        self.assertEqual([row[:2] for row in skipped.rows], [[3, "é"]])
        self.assertIn("3 bad records skipped", skipped.err)

    def test_deep_nesting_is_text_or_an_error(self):
        depth = 100_000
        self.millrace.write("x.json", '{"a":1,"s":' + "[" * depth + "]" * depth + '}\n{"a":' + "[" * depth + "}\n")
        self.check_refused(self.read("x.json", select="CHAR_LENGTH(s)"), "error 4003: x.json, row 2")

    def test_a_line_of_100_mb(self):
        self.millrace.write_long("x.json", '{"a":1}\n{"a":2,"s":"', 100_000_000, '"}\n{"a":3}\n')
        self.check_refused(self.read("x.json"), "error 4004: x.json, row 2, byte 8", "'record.max-size'")
        kept = self.read("x.json", KEEP)
        self.assertEqual((kept.code, [row[0] for row in kept.rows]), (0, [1, 3]))
        self.assertEqual([(record["row"], record["code"]) for record in self.dead()], [(2, 4004)])
        self.assertLess(kept.peak_kb, 150_000)  # the line is never held whole
        whole = self.read("x.json", ", 'record.max-size' = '200 mb'", "CHAR_LENGTH(s)")
        self.assertEqual((whole.code, whole.rows), (0, [[None], [100_000_000], [None]]))


class BadCsv(BadInput):
    DAY = ",1,2024-01-01 00:00:00"

    def test_malformed(self):
        lines = ["1,x" + self.DAY, "2,y,1", "3,y" + self.DAY + ",more", "4,z" + self.DAY, '5,"open' + self.DAY]
        skipped = self.check_policies("x.csv", "\n".join(lines), [1, 4], [(2, 4003), (3, 4003), (5, 4003)])
        self.assertEqual([row[0] for row in skipped.rows], [1, 2, 4])  # as Flink: missing fields are NULL
        self.assertIn("2 bad records skipped", skipped.err)

    def test_wrong_types_and_numbers_out_of_range(self):
        lines = ["abc,x" + self.DAY, "99999999999,x" + self.DAY, "1,x" + self.DAY, "2,x,1,yesterday"]
        skipped = self.check_policies("x.csv", "\n".join(lines), [1], [(1, 4003), (2, 4003), (4, 4003)])
        self.assertEqual([row[0] for row in skipped.rows], [None, None, 1, 2])

    def test_invalid_utf8_and_nul_bytes(self):
        day = self.DAY.encode()
        content = b"1,\xff\xfe" + day + b"\n2,x\0y" + day + b"\n\0" + day + b"\n3,\xc3\xa9" + day + b"\n"
        self.check_policies("x.csv", content, [2, 3], [(1, 4005), (3, 4003)])

    def test_a_line_of_100_mb(self):
        self.millrace.write_long("x.csv", f"1,x{self.DAY}\n2,", 100_000_000, f"{self.DAY}\n3,x{self.DAY}\n")
        self.check_refused(self.read("x.csv"), "error 4004: x.csv, row 2, byte ", "'record.max-size'")
        kept = self.read("x.csv", KEEP)
        self.assertEqual((kept.code, [row[0] for row in kept.rows]), (0, [1, 3]))
        self.assertEqual([(record["row"], record["code"]) for record in self.dead()], [(2, 4004)])
        self.assertLess(kept.peak_kb, 150_000)


class BadChanges(BadInput):
    def test_debezium(self):
        lines = ['{"before":null,"after":{"a":1},"op":"c"}', '{"after":null,"op":"c"}', '{"after":{"a":3},"op":"u"}',
                 '{"after":{"a":4},"op":"x"}', '{"after":{"a":5}}', '{"after":{"a":"zz"},"op":"c"}', "nonsense",
                 '{"before":{"a":1},"op":"d"}']
        bad = [(row, 4003) for row in range(2, 8)]
        self.millrace.write("x.debezium-json", "\n".join(lines))
        self.check_refused(self.read("x.debezium-json"), "error 4003: x.debezium-json, row ")
        kept = self.read("x.debezium-json", KEEP)
        self.assertEqual((kept.code, [row[0] for row in kept.rows]), (0, [1, 1]), kept.err)
        self.assertIn("6 bad records skipped", kept.err)
        self.assertEqual(sorted((record["row"], record["code"]) for record in self.dead()), bad)
        skipped = self.read("x.debezium-json", SKIP)
        self.assertEqual(sorted(map(str, (row[0] for row in skipped.rows))), ["1", "1", "None"])  # a bad field is NULL
        self.assertIn("5 bad records skipped", skipped.err)

    def test_raw(self):
        self.millrace.write("x.raw", b"ok\n\xff\xfe\nx\0y\n")
        self.check_refused(self.read("x.raw", columns="s STRING"), "error 4005: x.raw, row 2, byte 3")
        kept = self.read("x.raw", KEEP, columns="s STRING")
        self.assertEqual((kept.code, kept.rows), (0, [["ok"], ["x\0y"]]))
        self.assertEqual([(record["row"], record["code"]) for record in self.dead()], [(2, 4005)])
        whole = self.read("x.raw", columns="s BYTES")
        self.assertEqual((whole.code, whole.rows), (0, [["x6f6b"], ["xfffe"], ["x780079"]]))


def zst(content, check=b""):
    """A Zstandard frame of one block that is not compressed, with a checksum."""
    size = len(content)
    return (b"\x28\xb5\x2f\xfd\x64" + (size - 256).to_bytes(2, "little") + (size << 3 | 1).to_bytes(3, "little")
            + content + check)


class BadFiles(BadInput):
    def test_an_empty_file_or_folder_has_no_rows(self):
        self.millrace.write("x.json", "")
        self.millrace.write("x.csv", "\n\n")
        (self.millrace.folder / "folder.json").mkdir()
        for file in ("x.json", "x.csv", "folder.json"):
            ended = self.read(file)
            self.assertEqual((ended.code, ended.rows, ended.err), (0, [], ""))

    def test_a_missing_file(self):
        for file in ("none.json", "none.csv"):
            self.check_refused(self.read(file), f"error 4002: cannot open '{file}'")

    def test_damaged_compression(self):
        lines = b'{"a":1}\n' * 1000
        whole = gzip.compress(lines, mtime=0)
        half = len(whole) // 2
        flipped = bytes([whole[half] ^ 0xFF])
        for name, content in (("cut.json.gz", whole[:half]), ("tail-cut.json.gz", whole[:-4]), ("plain.json.gz", b"plain"),
                              ("flipped.json.gz", whole[:half] + flipped + whole[half + 1:]),
                              ("checksum.json.gz", whole[:-8] + b"abcd" + whole[-4:]), ("more.json.gz", whole + b"garbage"),
                              ("plain.json.zst", b"plain"), ("cut.json.zst", zst(lines)[:4000]),
                              ("tail-cut.json.zst", zst(lines)), ("checksum.json.zst", zst(lines, b"abcd"))):
            with self.subTest(name):
                self.millrace.write(name, content)
                for policy in (FAIL, SKIP, KEEP):  # what is missing can't be counted: no policy passes over it
                    self.check_refused(self.read(name, policy), f"error 4006: '{name}'")

    def test_bad_records_in_compressed_files(self):
        self.millrace.write("x.json.gz", gzip.compress(b'{"a":1}\nnonsense\n{"a":2}\n'))
        kept = self.read("x.json.gz", KEEP)
        self.assertEqual((kept.code, [row[0] for row in kept.rows]), (0, [1, 2]), kept.err)
        self.assertEqual([(record["file"], record["row"], record["offset"]) for record in self.dead()], [("x.json.gz", 2, 8)])

    def test_nowhere_to_keep_bad_records(self):
        self.millrace.write("x.json", "nonsense\n")
        ended = self.read("x.json", ", 'bad-records.path' = 'none/dead.json'")
        self.assertGreater(ended.code, 0)
        self.assertIn("none/dead.json", ended.err)


# text, exit code, start of the error, what else it must say
WRONG_SQL = [
    ("SELEC 1", 3, "error 2002 at 1:1: ", "did you mean SELECT?"),
    ("SELECT 1 +", 3, "error 2002 at 1:11: ", "end of the text"),
    ("SELECT 1;\nSELECT *\nFROM;", 3, "error 2002 at 3:5: ", "FROM;"),
    ("SELECT 'open", 3, "error 2001 at 1:8: ", "hint: "),
    ("SELECT /* open", 3, "error 2001 at 1:8: ", "hint: "),
    ("SELECT `open", 3, "error 2001 at 1:8: ", "hint: "),
    (b"SELECT \0", 3, "error 2001 at 1:8: ", "0x00"),
    (b"SELECT '\xff\xfe'", 3, "error 2001 at 1:", "UTF-8"),
    (bytes(range(256)) * 100, 3, "error 2001 at 1:1: ", ""),
    ("SELECT " + "(" * 100_000 + "1" + ")" * 100_000, 3, "error 2003 at 1:", "hint: "),
    ("SELECT " + "NOT " * 100_000 + "TRUE", 3, "error 2003 at 1:", "hint: "),
    ("SELECT " + "ABS(" * 20_000 + "1" + ")" * 20_000, 3, "error 2003 at 1:", "hint: "),
    ("SELECT " + "+".join(["1"] * 100_000), 3, "error 2003 at 1:", "hint: "),
    ("SELECT 1 " + "UNION ALL SELECT 1 " * 20_000, 3, "error 2003 at 1:", "hint: "),
    ("SELECT * FROM " + "(SELECT * FROM " * 5_000 + "(VALUES (1))" + ")" * 5_000, 3, "error 2003 at 1:", "hint: "),
    ("CREATE TABLE t (a " + "ARRAY<" * 20_000 + "INT" + ">" * 20_000 + ")", 3, "error 2003 at 1:", "hint: "),
    ("SELECT " + "9" * 60, 3, "error 2017 at 1:8: ", "hint: "),
    ("SELECT TIMESTAMP '2024-99-01 00:00:00'", 3, "error 2017 at 1:8: ", "hint: "),
    ("SELECT a FROM nowhere", 3, "error 2010 at 1:15: ", "hint: "),
    ("SELECT b FROM (VALUES (1)) AS t (a)", 3, "error 2011 at 1:8: ", "there is a"),
    ("SELECT CONCT('a')", 3, "error 2013 at 1:8: ", "did you mean 'CONCAT'"),
    ("SELECT SUM(SUM(1))", 3, "error 2020 at 1:12: ", "hint: "),
    ("SELECT (SELECT 1, 2)", 3, "error 2014 at 1:8: ", "hint: "),
    ("SELECT ROW(1) + 1", 3, "error 20", " at 1:"),
    ("CREATE TABLE t (a INTT) WITH ('connector' = 'datagen')", 3, "error 2004 at 1:19: ", "hint: "),
    ("CREATE TABLE t (a INT, a INT) WITH ('connector' = 'datagen')", 3, "error 2016 at 1:24: ", "twice"),
    ("CREATE TABLE t (a INT) WITH ('connector' = 'none')", 1, "error 4007 at 1:14: ", "known are: "),
    ("CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'x')", 3, "error 2030 at 1:14: ", "'format'"),
    ("CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-secnd' = '1')", 3, "error 2031 at 1:", "rows-per-second"),
    ("CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = 'x')", 3, "error 2032 at 1:", "'x'"),
    ("CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'raw');\nSELECT * FROM t", 3,
     "error 2004 at 2:1: ", "hint: "),
    ("INSERT INTO nowhere SELECT 1", 3, "error 2010 at 1:13: ", "hint: "),
    ("CREATE TABLE t (a INT) WITH ('connector' = 'blackhole');\nINSERT INTO t SELECT 1, 2", 3, "error 2024 at 2:", ""),
    ("SET 'no.such.option' = '1'", 2, "error 1001 at 1:5: ", "hint: "),
    ("SET 'parallelism.default' = 'many'; SELECT 1", 2, "error 1002 at 1:29: ", "'many'"),
    ("SELECT ${NAME}", 2, "error 1003 at 1:8: ", "--define NAME="),
    ("SELECT 1 / 0", 1, "error 3001: ", "hint: "),
    ("SELECT CAST('x' AS INT)", 1, "error 3002: ", "TRY_CAST"),
]


class WrongSql(BadInput):
    def test_errors_say_where_and_what(self):
        for text, code, start, part in WRONG_SQL:
            with self.subTest(text[:60]):
                ended = self.millrace.run(text)
                self.assertEqual(ended.code, code, ended.err[:500])
                error = ended.err[ended.err.index("error "):]
                self.assertTrue(error.startswith(start), error[:500])
                self.assertIn(part, error)
                self.assertLess(len(error), 2000)
                self.assertNotIn("\0", error)

    def test_statements_before_the_error_ran(self):
        ended = self.millrace.run("SELECT 1; SELECT 2; SELECT nothing; SELECT 3")
        self.assertEqual((ended.code, ended.rows), (3, [[1], [2]]))

    def test_text_without_statements_is_fine(self):
        for text in ("", ";;;", "-- a comment", "/* another */ ;"):
            ended = self.millrace.run(text)
            self.assertEqual((ended.code, ended.out, ended.err), (0, "", ""))

    def test_many_columns_and_values(self):
        wide = self.millrace.run("SELECT " + ", ".join(map(str, range(5000))))
        self.assertEqual((wide.code, wide.rows), (0, [list(range(5000))]))
        found = self.millrace.run(f"SELECT * FROM (VALUES (777), (-1)) AS t (a) WHERE a IN ({', '.join(map(str, range(20000)))})")
        self.assertEqual((found.code, found.rows), (0, [[777]]))

    def test_unreadable_scripts_and_wrong_usage(self):
        binary = self.millrace.binary
        for words, part in ((["run", "none.sql"], "No such file"), (["run", "/tmp"], "Is a directory"), (["run"], "FILE"),
                            ([], "subcommand"), (["run", "none.sql", "--set", "x"], "name=value"),
                            (["run", "none.sql", "--parallelism", "0"], "range"), (["run", "none.sql", "--output", "xml"], "xml"),
                            (["explain", "none.sql", "--format", "xml"], "xml")):
            with self.subTest(words):
                ended = self.millrace.run_command([binary, *words])
                self.assertEqual((ended.code, ended.out), (2, ""))
                self.assertIn(part, ended.err)


if __name__ == "__main__":
    program.main(sys.argv)
