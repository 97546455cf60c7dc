#pragma once

/// Keeps libxml2 from printing what it finds wrong beside the errors that it reports; for this thread.
void batchrun_xml_silence(void);
