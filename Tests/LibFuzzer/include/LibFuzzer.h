/// The driver of libFuzzer (https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library), which is
/// linked by `make fuzz` only.
#include <stddef.h>
#include <stdint.h>

typedef int (*fuzz_one_input)(const uint8_t *data, size_t size);

int LLVMFuzzerRunDriver(int *argc, char ***argv, fuzz_one_input callback);
