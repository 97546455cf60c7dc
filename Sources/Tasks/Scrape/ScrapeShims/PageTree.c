#include "PageTree.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <string.h>

static void batchrun_ignore(void *context, xmlErrorPtr error) {}

static int prepare(htmlParserCtxtPtr parser) {
  htmlCtxtUseOptions(
      parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                  HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
  // libxml2 2.9 has no HTML option for depth: beyond 256 open elements it would stop reading.
  parser->options |= XML_PARSE_HUGE;
  // Otherwise the first byte above 127 makes it guess an encoding.
  parser->charset = XML_CHAR_ENCODING_UTF8;
  return 1;
}

htmlParserCtxtPtr batchrun_page_parser_new(void) {
  htmlParserCtxtPtr parser =
      htmlCreatePushParserCtxt(NULL, NULL, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
  if (parser) prepare(parser);
  return parser;
}

int batchrun_page_parser_reset(htmlParserCtxtPtr parser) {
  if (parser->myDoc) xmlFreeDoc(parser->myDoc);
  parser->myDoc = NULL;
  if (xmlCtxtResetPush(parser, NULL, 0, NULL, NULL) != 0) return 0;
  parser->html = 1;
  return prepare(parser);
}

void batchrun_page_parser_free(htmlParserCtxtPtr parser) {
  if (parser->myDoc) xmlFreeDoc(parser->myDoc);
  parser->myDoc = NULL;
  htmlFreeParserCtxt(parser);
}

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
