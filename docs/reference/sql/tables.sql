-- The tables of the examples. Paths start at the top of the repository.
CREATE TABLE orders (
  id INT,
  customer STRING,
  product STRING,
  amount DECIMAL(10, 2),
  ordered TIMESTAMP(3),
  WATERMARK FOR ordered AS ordered
) WITH ('connector' = 'filesystem', 'path' = 'docs/reference/sql/data/orders.csv', 'format' = 'csv');

CREATE TABLE payments (
  order_id INT,
  paid_by STRING,
  paid TIMESTAMP(3),
  WATERMARK FOR paid AS paid
) WITH ('connector' = 'filesystem', 'path' = 'docs/reference/sql/data/payments.csv', 'format' = 'csv');

CREATE TABLE customers (
  name STRING,
  city STRING
) WITH ('connector' = 'filesystem', 'path' = 'docs/reference/sql/data/customers.csv', 'format' = 'csv');

CREATE TABLE prices (
  product STRING,
  price DECIMAL(10, 2),
  since TIMESTAMP(3),
  WATERMARK FOR since AS since
) WITH ('connector' = 'filesystem', 'path' = 'docs/reference/sql/data/prices.csv', 'format' = 'csv');

CREATE TABLE ticks (
  symbol STRING,
  price INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = 'docs/reference/sql/data/ticks.csv', 'format' = 'csv');
