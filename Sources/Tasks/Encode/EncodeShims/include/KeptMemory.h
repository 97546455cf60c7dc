#pragma once

/// Has the C library keep memory that was freed, for all of the process.
///
/// An encoder takes hundreds of megabytes and frees them after its chunk. Given back to the system, they
/// would be cleared anew for the next one: 3 % of the time of libx264 at 1080p.
void batchrun_keep_memory(void);
