#include "ScrapeShims.h"

