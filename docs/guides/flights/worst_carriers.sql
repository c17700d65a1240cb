-- The three carriers with the worst mean delay, per origin airport and hour, with that hour's weather.
CREATE TABLE flights (
  sched_dep TIMESTAMP(3), dep_delay INT, arr_delay INT, carrier STRING, flight INT,
  tailnum STRING, origin STRING, dest STRING, air_time INT, distance INT,
  WATERMARK FOR sched_dep AS sched_dep - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = '${FLIGHTS}/flights.csv.gz', 'format' = 'csv', 'csv.null-literal' = '');

CREATE TABLE weather (
  origin STRING, `at` TIMESTAMP(3), temp DOUBLE, wind_speed DOUBLE, precip DOUBLE, visib DOUBLE,
  WATERMARK FOR `at` AS `at` - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = '${FLIGHTS}/weather.csv.gz', 'format' = 'csv', 'csv.null-literal' = '');

CREATE TABLE airlines (carrier STRING, name STRING)
WITH ('connector' = 'filesystem', 'path' = '${FLIGHTS}/airlines.csv.gz', 'format' = 'csv');

CREATE VIEW delays AS
SELECT origin, carrier, window_start, window_end, COUNT(*) AS departures, AVG(dep_delay) AS mean_delay, MAX(dep_delay) AS max_delay
FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(sched_dep), INTERVAL '1' HOUR))
WHERE dep_delay IS NOT NULL
GROUP BY origin, carrier, window_start, window_end;

CREATE VIEW worst AS
SELECT * FROM (
  SELECT *, ROW_NUMBER() OVER (
    PARTITION BY window_start, window_end, origin ORDER BY mean_delay DESC, carrier) AS place
  FROM delays)
WHERE place <= 3;

CREATE VIEW hourly_weather AS
SELECT * FROM TABLE(TUMBLE(TABLE weather, DESCRIPTOR(`at`), INTERVAL '1' HOUR));

CREATE VIEW worst_with_weather AS
SELECT w.window_start, w.window_end, w.origin, w.place, w.carrier, w.departures, w.mean_delay, w.max_delay,
       h.temp, h.wind_speed, h.visib
FROM worst AS w JOIN hourly_weather AS h
ON w.origin = h.origin AND w.window_start = h.window_start AND w.window_end = h.window_end;

SELECT CAST(w.window_start AS TIMESTAMP(0)) AS `hour`, w.origin, w.place, a.name AS airline,
       w.departures AS flights, w.mean_delay AS `mean`, w.max_delay AS `max`,
       w.temp, ROUND(w.wind_speed, 1) AS wind, w.visib
FROM worst_with_weather AS w JOIN airlines AS a ON w.carrier = a.carrier;
