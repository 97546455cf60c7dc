#pragma once
// A page as libxml2's tree: what Swift cannot reach, or what several fields of a context have to be
// set for together. The types are libxml2's own; declaring them again keeps its headers in one module.
struct _xmlParserCtxt;
struct _xmlDoc;
struct _xmlNode;
struct _xmlXPathObject;

/// A page: a push parser of UTF-8 that reads nothing but what it is given, prints nothing, follows
/// nothing, and accepts elements nested to any depth; its tree; and the memory of both.
struct batchrun_page;

/// Has to be called before anything else here; any number of times.
void batchrun_xml_prepare(void);

/// NULL when memory is short.
struct batchrun_page *batchrun_page_new(void);
/// Frees the page with its tree.
void batchrun_page_free(struct batchrun_page *page);
/// Forgets what was read, tree and all.
void batchrun_page_clear(struct batchrun_page *page);
/// Reads more of the page, or its end.
void batchrun_page_feed(struct batchrun_page *page, const char *bytes, int count, int is_last);
/// The parser; NULL before anything was read.
struct _xmlParserCtxt *batchrun_page_parser(struct batchrun_page *page);

/// Evaluates an XPath expression at `node`, silently and with a limit on the work; NULL when that failed.
struct _xmlXPathObject *batchrun_xpath(
    const unsigned char *expression, struct _xmlDoc *page, struct _xmlNode *node);
/// Says whether an expression can be compiled; otherwise `place` is the byte where it went wrong.
int batchrun_xpath_compiles(const unsigned char *expression, int *place);
/// Frees what libxml2 has allocated: `xmlFree` is a variable.
void batchrun_xml_free(void *memory);
