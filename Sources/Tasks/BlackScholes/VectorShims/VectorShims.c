#include "VectorShims.h"
