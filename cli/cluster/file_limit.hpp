#pragma once

namespace millrace::cli {

/// Raises the limit of open files of this process to what its hard limit allows: a link between two
/// processes takes four, so the usual 1,024 would end a cluster at some 250 workers. A process that
/// may not raise it goes on with what it has.
void raise_file_limit();

}  // namespace millrace::cli
