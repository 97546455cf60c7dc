#pragma once
// libxml2 shows ICU's types where it was built with them; Swift's Foundation has an ICU of its own, and the
// two must not meet in one module. Nothing of libxml2 that is used here depends on them.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/xpath.h>
