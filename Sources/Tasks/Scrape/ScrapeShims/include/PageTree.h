#pragma once
// A page as libxml2's tree: what Swift cannot reach, or what several fields of a context have to be
// set for together. The types are libxml2's own; declaring them again keeps its headers in one module.
struct _xmlParserCtxt;
struct _xmlDoc;
struct _xmlNode;
struct _xmlXPathObject;

/// A push parser of UTF-8 that reads nothing but what it is given, prints nothing, follows nothing,
/// and accepts elements nested to any depth; NULL when memory is short.
struct _xmlParserCtxt *batchrun_page_parser_new(void);
/// Makes a used parser as good as new and frees its tree; 0 when that failed.
int batchrun_page_parser_reset(struct _xmlParserCtxt *parser);
/// Frees the parser and the tree it has built.
void batchrun_page_parser_free(struct _xmlParserCtxt *parser);

/// Evaluates an XPath expression at `node`, silently and with a limit on the work; NULL when that failed.
struct _xmlXPathObject *batchrun_xpath(
    const unsigned char *expression, struct _xmlDoc *page, struct _xmlNode *node);
/// Says whether an expression can be compiled; otherwise `place` is the byte where it went wrong.
int batchrun_xpath_compiles(const unsigned char *expression, int *place);
/// Frees what libxml2 has allocated: `xmlFree` is a variable.
void batchrun_xml_free(void *memory);
