#pragma once
// What Swift cannot call in libcurl: its setters and getters take a variable number of arguments.
#include <curl/curl.h>

static inline CURLcode batchrun_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
