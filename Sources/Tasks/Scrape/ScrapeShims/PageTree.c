#include "PageTree.h"

#include "PageHeap.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

static void batchrun_ignore(void *context, xmlErrorPtr error) {}

struct batchrun_page {
  struct batchrun_heap *heap;
  htmlParserCtxtPtr parser;
};

void batchrun_xml_prepare(void) {
  batchrun_heap_install();
  xmlInitParser();
}

struct batchrun_page *batchrun_page_new(void) {
  struct batchrun_page *page = calloc(1, sizeof(struct batchrun_page));
  if (!page) return NULL;
  page->heap = batchrun_heap_new();
  if (page->heap) return page;
  free(page);
  return NULL;
}

void batchrun_page_free(struct batchrun_page *page) {
  batchrun_heap_free(page->heap);
  free(page);
}

void batchrun_page_clear(struct batchrun_page *page) {
  if (!page->parser) return;
  page->parser = NULL;
  batchrun_heap_clear(page->heap);
}

static htmlParserCtxtPtr new_parser(void) {
  htmlParserCtxtPtr parser =
      htmlCreatePushParserCtxt(NULL, NULL, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
  if (!parser) return NULL;
  htmlCtxtUseOptions(
      parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                  HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
  // libxml2 2.9 has no HTML option for depth: beyond 256 open elements it would stop reading.
  parser->options |= XML_PARSE_HUGE;
  // Otherwise the first byte above 127 makes it guess an encoding.
  parser->charset = XML_CHAR_ENCODING_UTF8;
  return parser;
}

void batchrun_page_feed(struct batchrun_page *page, const char *bytes, int count, int is_last) {
  struct batchrun_heap *before = batchrun_heap_enter(page->heap);
  if (!page->parser) page->parser = new_parser();
  if (page->parser) htmlParseChunk(page->parser, bytes, count, is_last);
  // The thread's copy of the last error would outlive the memory that it is in.
  xmlResetLastError();
  batchrun_heap_enter(before);
}

struct _xmlParserCtxt *batchrun_page_parser(struct batchrun_page *page) { return page->parser; }

xmlXPathObjectPtr batchrun_xpath(const xmlChar *expression, htmlDocPtr page, xmlNodePtr node) {
  xmlXPathContextPtr context = xmlXPathNewContext(page);
  if (!context) return NULL;
  context->error = batchrun_ignore;
  context->opLimit = 20 * 1000 * 1000;
  context->node = node;
  xmlXPathObjectPtr result = xmlXPathEvalExpression(expression, context);
  if (result && result->type == XPATH_NODESET) xmlXPathNodeSetSort(result->nodesetval);
  xmlXPathFreeContext(context);
  return result;
}

int batchrun_xpath_compiles(const xmlChar *expression, int *place) {
  xmlXPathContextPtr context = xmlXPathNewContext(NULL);
  if (!context) return 0;
  context->error = batchrun_ignore;
  xmlXPathCompExprPtr compiled = xmlXPathCtxtCompile(context, expression);
  *place = context->lastError.int1;
  if (compiled) xmlXPathFreeCompExpr(compiled);
  xmlXPathFreeContext(context);
  return compiled != NULL;
}

void batchrun_xml_free(void *memory) { xmlFree(memory); }
