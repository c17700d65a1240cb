@0xa7c25e0d4b19f638;
# A job of a cluster as its coordinators keep it: core/coordination/job_entry.hpp on disk. Around it lie a head and a hash
# (state/jobs). Numbers of fields are never reused; fields that are added have defaults that mean "not there".

using Cxx = import "/capnp/c++.capnp";
using Control = import "control.capnp";
$Cxx.namespace("millrace::disk");

struct JobEntry {
  name @0 :Text;
  definition @1 :Control.JobDefinition;
  savepoint @2 :Text;
  phase @3 :UInt8;              # core/coordination/job_entry.hpp job_phase
  attempt @4 :UInt32;
  restarts @5 :UInt32;
  submittedAt @6 :Int64;        # milliseconds since 1970 UTC, as the two below; 0: not yet
  startedAt @7 :Int64;
  endedAt @8 :Int64;
  exceptions @9 :List(JobException);  # oldest first
}

struct JobException {
  at @0 :Int64;                 # milliseconds since 1970 UTC
  attempt @1 :UInt32;
  worker @2 :Text;
  cause @3 :Control.Failure;
  task @4 :Text;
}
