#!/usr/bin/env python3
"""The metrics of `millrace run` and of a coordinator, scraped while jobs run: by hand, through promtool, and by a real
Prometheus server with the chart's alert rules.

usage: metrics.py MILLRACE
The first job of the script has ended, so its counters are known; the second goes on for ever.
"""
import re
import subprocess
import sys
import unittest

import program
from cluster.cluster import Cluster
from prometheus import Prometheus, Scrape, get

ROWS, KEPT, READABLE, UNREADABLE = 10_000, 2_500, 40, 2
SCRIPT = f"""
SET 'table.dml-sync' = 'true';
CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000000000',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '{ROWS}');
CREATE TABLE lines (n INT) WITH ('connector' = 'filesystem', 'path' = '${{LINES}}', 'format' = 'json',
  'json.ignore-parse-errors' = 'true');
CREATE TABLE nothing (n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO nothing SELECT n FROM numbers WHERE MOD(n, 4) = 0;
INSERT INTO nothing SELECT CAST(n AS BIGINT) FROM lines;
SET 'table.dml-sync' = 'false';
SET 'execution.checkpointing.interval' = '50 ms';
CREATE TABLE endless (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000',
  'fields.n.min' = '1', 'fields.n.max' = '100');
CREATE TABLE counts (n BIGINT, c BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO counts SELECT n, COUNT(*) FROM endless GROUP BY n;
"""


class RunMetrics(unittest.TestCase):
    def setUp(self):
        self.millrace = program.Program(sys.argv[1], self)
        lines = self.millrace.write("lines.json", '{"n": 1}\n' * READABLE + '{"n\n' * UNREADABLE)
        command = self.millrace.command(SCRIPT, "--metrics-port", "0", "--parallelism", "2", "--quiet",
                                        "--define", f"LINES={lines}", "--checkpoint-dir", str(self.millrace.folder / "cp"))
        self.child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.child.stderr.close)
        self.addCleanup(self.child.wait)
        self.addCleanup(self.child.kill)
        self.port = int(re.fullmatch(r"metrics on http://127\.0\.0\.1:(\d+)/metrics\n", self.child.stderr.readline())[1])

    def scrape_until(self, good):
        """The first scrape that `good` likes; the child is asked until then."""
        while True:
            self.assertIsNone(self.child.poll(), "the job has ended")
            scrape = Scrape(get(self.port, "/metrics")[1])
            if good(scrape):
                return scrape

    def settled(self):
        third = 'job_name="job-3"'
        return self.scrape_until(lambda s: s.sum("millrace_task_sink_rows_total", third)
                                 and s.sum("millrace_job_checkpoints_completed_total", third))

    def test_counters_agree_with_the_rows(self):
        first, second, third = (f'job_name="job-{n}"' for n in (1, 2, 3))
        scrape = self.settled()
        self.assertEqual(scrape.sum("millrace_job_running", first), 0)
        self.assertEqual(scrape.sum("millrace_task_source_rows_total", first), ROWS)
        self.assertEqual(scrape.sum("millrace_task_sink_rows_total", first), KEPT)
        self.assertEqual(scrape.sum("millrace_task_source_rows_total", second), READABLE)
        self.assertEqual(scrape.sum("millrace_operator_rejected_rows_total", second), UNREADABLE)
        self.assertEqual(scrape.sum("millrace_job_running", third), 1)
        self.assertGreater(scrape.sum("millrace_job_last_checkpoint_size_bytes", third), 0)
        self.assertGreater(scrape.sum("process_resident_memory_bytes"), 1 << 20)
        self.assertEqual(scrape.sum("millrace_metric_samples_left_out"), 0)
        rows = scrape.sum("millrace_task_source_rows_total", third)
        self.scrape_until(lambda s: s.sum("millrace_task_source_rows_total", third) > rows)

    def test_says_whether_it_lives_and_works(self):
        self.assertEqual(get(self.port, "/healthz"), (200, "ok\n"))
        self.settled()
        self.assertEqual(get(self.port, "/readyz"), (200, "ready\n"))
        self.assertEqual(get(self.port, "/api/v1/jobs")[0], 404)

    def test_promtool_finds_nothing_to_complain_of(self):
        self.settled()
        checked = subprocess.run(["promtool", "check", "metrics"], input=get(self.port, "/metrics")[1],
                                 capture_output=True, text=True, check=False)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))

    def test_prometheus_scrapes_it(self):
        server = Prometheus(self, self.millrace.folder, self.port)
        self.assertGreater(server.wait('sum(millrace_job_checkpoints_completed_total{job_name="job-3"}) > 0'), 0)
        self.assertEqual(server.wait('sum(millrace_task_source_rows_total{job_name="job-1"})'), ROWS)
        self.assertEqual(server.wait('sum(millrace_task_sink_rows_total{job_name="job-1"})'), KEPT)
        self.assertEqual(server.wait("up == 1"), 1)
        self.assertEqual({rule["lastError"] for rule in server.alerts().values() if "lastError" in rule}, set())

    def test_a_taken_port_is_an_error(self):
        refused = program.Program(sys.argv[1], self).run("SELECT 1;", "--metrics-port", str(self.port))
        self.assertIsNone(self.child.poll(), "the job has ended")
        self.assertEqual(refused.code, 1)
        self.assertIn(f"cannot listen on 127.0.0.1:{self.port}", refused.err)


class ClusterMetrics(unittest.TestCase):
    JOB = """SET 'execution.checkpointing.interval' = '50 ms';
    CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000');
    CREATE TABLE nothing (n BIGINT) WITH ('connector' = 'blackhole');
    INSERT INTO nothing SELECT n FROM numbers;
    """

    def setUp(self):
        self.folder = program.Program(sys.argv[1], self).folder
        self.cluster = Cluster(sys.argv[1], self.folder)
        self.addCleanup(self.cluster.__exit__)
        self.port = self.cluster.rest.split(":")[1]

    def scrape(self):
        return Scrape(get(self.port, "/metrics")[1])

    def test_tells_of_workers_and_jobs(self):
        self.assertEqual(get(self.port, "/readyz"), (503, "no worker has joined\n"))
        self.assertEqual(self.scrape().sum("millrace_cluster_workers"), 0)
        script = self.folder / "job.sql"
        script.write_text(self.JOB)
        job = self.cluster.submit(script, "--name", "numbers")[0]
        self.assertEqual(self.scrape().sum("millrace_cluster_jobs", 'status="CREATED"'), 1)
        self.cluster.start_worker()
        self.cluster.wait_for(f"job {job}: checkpoint ")
        label = f'job_name="numbers",job_id="{job}"'
        while not (self.scrape().sum("millrace_task_source_rows_total", label) or 0) > 0:
            pass
        scrape = self.scrape()
        self.assertEqual(get(self.port, "/readyz"), (200, "ready\n"))
        self.assertEqual(scrape.sum("millrace_cluster_jobs"), 1)
        self.assertEqual(scrape.sum("millrace_cluster_jobs", 'status="RUNNING"'), 1)
        self.assertEqual(scrape.sum("millrace_cluster_slots"), 2)
        self.assertEqual(scrape.sum("millrace_cluster_free_slots"), 1)
        self.assertGreater(scrape.sum("millrace_job_checkpoints_completed_total", label), 0)
        self.assertEqual(scrape.sum("millrace_job_restarts_total", label), 0)

    def test_a_worker_tells_of_itself(self):
        self.cluster.worker_options = ("--metrics", "127.0.0.1:0", "--memory", "256m")
        name = self.cluster.start_worker()
        log = self.folder / f"{name}.log"
        while not (found := re.search(r"metrics at port (\d+)\n", log.read_text())):
            self.assertIsNone(self.cluster.workers[name].poll(), "the worker has ended")
        port = int(found[1])
        self.assertEqual(get(port, "/healthz"), (200, "ok\n"))
        while get(port, "/readyz")[0] != 200:  # the coordinator's word is on its way
            pass
        scrape = Scrape(get(port, "/metrics")[1])
        self.assertGreater(scrape.sum("process_resident_memory_bytes"), 1 << 20)
        self.assertLess(scrape.sum("millrace_memory_budget_limit_bytes"), 256 << 20)
        self.cluster.coordinator.kill()
        while get(port, "/readyz")[0] == 200:  # until its silence is noticed
            pass
        self.assertEqual(get(port, "/readyz"), (503, "no coordinator has welcomed it\n"))

    def test_a_real_server_alerts_on_it(self):
        checked = subprocess.run(["promtool", "check", "metrics"], input=get(self.port, "/metrics")[1],
                                 capture_output=True, text=True, check=False)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))
        server = Prometheus(self, self.folder, self.port)
        self.assertEqual(server.wait("millrace_cluster_workers"), 0)
        while server.alerts()["MillraceNoWorkers"]["state"] == "inactive":
            pass


if __name__ == "__main__":
    program.main(sys.argv)
