#pragma once

namespace millrace::tables {

class delta_reader;
class delta_writer;
class frozen_delta;
class hash_table;
class key_batch;
class key_decoder;
class key_encoder;
class keyed_table;
class list_table;
class load_job;
class map_table;
class order_encoder;
class row_codec;
class sorted_table;
class state_store;
class table_set;
class task_state;
class timer_queue;
struct key_handle;
struct key_view;
struct table_context;
struct table_spec;

}  // namespace millrace::tables
