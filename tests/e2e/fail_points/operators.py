"""A small job for every kind of stateful operator, over the same events, into files."""

EVENTS = """
SET 'execution.checkpointing.interval' = '10 ms';
CREATE TABLE events (
  event_type INT,
  auction ROW<id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT,
              `dateTime` TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra STRING>,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3),
          extra STRING>,
  at_time AS CASE event_type WHEN 1 THEN auction.`dateTime` ELSE bid.`dateTime` END,
  WATERMARK FOR at_time AS at_time - INTERVAL '0.01' SECOND
) WITH ('connector' = 'nexmark', 'events.num' = '${EVENTS}', 'first-event.rate' = '5000',
        'max-emit-speed' = '${FAST}', 'person.proportion' = '0');
CREATE VIEW auctions AS SELECT auction.id, auction.seller, at_time FROM events WHERE event_type = 1;
CREATE VIEW bids AS SELECT bid.auction, bid.bidder, bid.price, at_time FROM events WHERE event_type = 2;
CREATE TABLE answer (${COLUMNS}) ${PARTITIONED}
  WITH ('connector' = 'filesystem', 'path' = '${OUT}/answer', 'format' = '${FORMAT}');
INSERT INTO answer
"""

# Kind -> (columns of the answer, its format, the query).
OPERATORS = {
    "aggregate": ("bidder BIGINT, bids BIGINT, auctions BIGINT, highest BIGINT", "debezium-json",
                  "SELECT bidder, COUNT(*), COUNT(DISTINCT auction), MAX(price) FROM bids GROUP BY bidder"),
    "window": ("starts TIMESTAMP(3), auction BIGINT, bids BIGINT, total BIGINT", "csv",
               "SELECT window_start, auction, COUNT(*), SUM(price) FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(at_time),"
               " INTERVAL '0.02' SECOND)) GROUP BY window_start, window_end, auction"),
    "session": ("starts TIMESTAMP(3), ends TIMESTAMP(3), auction BIGINT, bids BIGINT", "csv",
                "SELECT window_start, window_end, auction, COUNT(*) FROM TABLE(SESSION(TABLE bids PARTITION BY auction,"
                " DESCRIPTOR(at_time), INTERVAL '0.01' SECOND)) GROUP BY window_start, window_end, auction"),
    "join": ("auction BIGINT, bidder BIGINT, price BIGINT, seller BIGINT", "csv",
             "SELECT b.auction, b.bidder, b.price, a.seller FROM bids b JOIN auctions a ON b.auction = a.id"),
    "interval_join": ("auction BIGINT, bidder BIGINT, price BIGINT, seller BIGINT", "csv",
                      "SELECT b.auction, b.bidder, b.price, a.seller FROM bids b JOIN auctions a ON b.auction = a.id"
                      " AND b.at_time BETWEEN a.at_time AND a.at_time + INTERVAL '0.05' SECOND"),
    "top_n": ("auction BIGINT, price BIGINT, bidder BIGINT, place BIGINT", "debezium-json",
              "SELECT auction, price, bidder, place FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction"
              " ORDER BY price DESC, bidder, at_time) AS place FROM bids) WHERE place <= 2"),
    "deduplicate": ("bidder BIGINT, at_time TIMESTAMP(3)", "csv",
                    "SELECT bidder, at_time FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder ORDER BY at_time)"
                    " AS place FROM bids) WHERE place = 1"),
    "over": ("auction BIGINT, bidder BIGINT, price BIGINT, total BIGINT", "csv",
             "SELECT auction, bidder, price, SUM(price) OVER (PARTITION BY auction ORDER BY at_time"
             " RANGE BETWEEN INTERVAL '0.05' SECOND PRECEDING AND CURRENT ROW) FROM bids"),
    "match": ("auction BIGINT, low BIGINT, high BIGINT", "csv",
              "SELECT auction, low, high FROM bids MATCH_RECOGNIZE (PARTITION BY auction ORDER BY at_time"
              " MEASURES A.price AS low, B.price AS high ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW"
              " PATTERN (A B) DEFINE B AS B.price > A.price)"),
}


def script_of(kind, partitioned):
    """The script of a job; its ${} are OUT, EVENTS and FAST. Partitioned answers go to a folder per first column."""
    columns, form, query = OPERATORS[kind]
    by = f"PARTITIONED BY ({columns.split()[0]})" if partitioned else ""
    text = EVENTS.replace("${COLUMNS}", columns).replace("${FORMAT}", form).replace("${PARTITIONED}", by)
    return text + query + ";\n"
