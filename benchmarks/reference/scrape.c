// Reference scraper: curl's multi interface and libxml2, two threads that share a list, a line of JSON
// for each page. Bodies are collected, parsed whole and searched for metas, headings and abstracts.
//
//   gcc -O3 -march=native $(pkgconf --cflags libxml-2.0) -o scrape scrape.c -lcurl -lxml2 -lpthread
//   ./scrape urls.txt out.jsonl CONNECTIONS
//
// It assumes pages in UTF-8 that answer with 200: no retries, no robots.txt, no limits.

#include <curl/curl.h>
#include <libxml/HTMLparser.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { threads = 2 };

struct text { char *bytes; size_t count, capacity; };
struct slot { CURL *handle; struct text body; long page; };

static char **urls;
static struct text *records;
static long url_count, connections;
static atomic_long next_page;

static void append(struct text *text, const char *bytes, size_t count) {
  if (text->count + count + 1 > text->capacity) {
    text->capacity = 2 * (text->count + count) + 256;
    text->bytes = realloc(text->bytes, text->capacity);
    if (!text->bytes) abort();
  }
  memcpy(text->bytes + text->count, bytes, count);
  text->count += count;
  text->bytes[text->count] = 0;
}

static void append_string(struct text *text, const char *string) {
  append(text, string, strlen(string));
}

static void append_json(struct text *text, const char *string) {
  if (!string) { append_string(text, "null"); return; }
  append(text, "\"", 1);
  for (const char *c = string; *c; ++c) {
    char escaped[8];
    if (*c == '"' || *c == '\\') { append(text, "\\", 1); append(text, c, 1); }
    else if (*c == '\n') append(text, "\\n", 2);
    else if ((unsigned char)*c < 0x20) {
      snprintf(escaped, sizeof escaped, "\\u%04x", *c);
      append_string(text, escaped);
    } else append(text, c, 1);
  }
  append(text, "\"", 1);
}

// MARK: - Extraction

struct findings {
  char *title, *og_title, *heading, *abstract, *element_abstract, *heading_abstract, *description;
  char *date, *doi, *venue, *pdf, *site;
  struct text authors;
};

/// Takes a string over, unless there is one already.
static void keep(char **place, xmlChar *string) {
  if (*place) xmlFree(string); else *place = (char *)string;
}

static char *trimmed(char *text) {
  if (!text) return NULL;
  while (*text && strchr(" \t\r\n", *text)) ++text;
  size_t count = strlen(text);
  while (count && strchr(" \t\r\n", text[count - 1])) text[--count] = 0;
  return text;
}

static void visit_meta(xmlNode *node, struct findings *found) {
  xmlChar *name = xmlGetProp(node, BAD_CAST "name");
  if (!name) name = xmlGetProp(node, BAD_CAST "property");
  xmlChar *content = xmlGetProp(node, BAD_CAST "content");
  if (name && content) {
    struct { const char *name; char **place; } fields[] = {
      {"citation_title", &found->title}, {"og:title", &found->og_title},
      {"citation_abstract", &found->abstract}, {"description", &found->description},
      {"citation_publication_date", &found->date}, {"article:published_time", &found->date},
      {"citation_doi", &found->doi}, {"citation_journal_title", &found->venue},
      {"citation_pdf_url", &found->pdf}, {"og:site_name", &found->site},
    };
    if (!strcasecmp((char *)name, "citation_author")) {
      if (found->authors.count) append(&found->authors, ",", 1);
      append_json(&found->authors, (char *)content);
    }
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; ++i)
      if (!strcasecmp((char *)name, fields[i].name)) { keep(fields[i].place, content); content = NULL; break; }
  }
  xmlFree(name);
  if (content) xmlFree(content);
}

static int has_class(const char *classes, const char *name) {
  size_t count = strlen(name);
  for (const char *c = classes; (c = strstr(c, name)); c += count)
    if ((c == classes || c[-1] == ' ') && (!c[count] || c[count] == ' ')) return 1;
  return 0;
}

static void visit(xmlNode *node, struct findings *found) {
  const char *name = (const char *)node->name;
  if (!strcmp(name, "meta")) return visit_meta(node, found);
  if (name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && !name[2]) {
    if (name[1] == '1' && !found->heading) found->heading = (char *)xmlNodeGetContent(node);
    else if (!found->heading_abstract) {
      xmlChar *text = xmlNodeGetContent(node);
      xmlNode *following = xmlNextElementSibling(node);
      if (following && text && !strcasecmp(trimmed((char *)text), "abstract"))
        found->heading_abstract = (char *)xmlNodeGetContent(following);
      xmlFree(text);
    }
  }
  if (found->element_abstract || !node->properties) return;
  xmlChar *class = xmlGetProp(node, BAD_CAST "class");
  xmlChar *id = xmlGetProp(node, BAD_CAST "id");
  if ((class && (has_class((char *)class, "abstract-content") ||
                 (!strcmp(name, "blockquote") && has_class((char *)class, "abstract")))) ||
      (id && !strcmp((char *)id, "Abs1-content")))
    found->element_abstract = (char *)xmlNodeGetContent(node);
  if (class) xmlFree(class);
  if (id) xmlFree(id);
}

static xmlNode *following(xmlNode *node) {
  if (node->children) return node->children;
  while (node && !node->next) node = node->parent;
  return node ? node->next : NULL;
}

static void extract(long page, const struct text *body, struct text *out) {
  struct findings found = {0};
  htmlDocPtr document = htmlReadMemory(body->bytes, (int)body->count, urls[page], "utf-8",
      HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_COMPACT);
  for (xmlNode *node = document ? xmlDocGetRootElement(document) : NULL; node && node->type != XML_HTML_DOCUMENT_NODE; node = following(node))
    if (node->type == XML_ELEMENT_NODE) visit(node, &found);
  char *title = found.title ? found.title : found.og_title ? found.og_title : found.heading;
  char *abstract = found.abstract ? found.abstract
      : found.element_abstract ? found.element_abstract
      : found.heading_abstract ? found.heading_abstract : found.description;
  abstract = trimmed(abstract);
  if (abstract && !strncmp(abstract, "Abstract:", 9)) abstract += 9;
  append_string(out, "{\"url\":"); append_json(out, urls[page]);
  append_string(out, ",\"title\":"); append_json(out, trimmed(title));
  append_string(out, ",\"authors\":["); append(out, found.authors.bytes ? found.authors.bytes : "", found.authors.count);
  append_string(out, "],\"abstract\":"); append_json(out, trimmed(abstract));
  append_string(out, ",\"date\":"); append_json(out, found.date);
  append_string(out, ",\"doi\":"); append_json(out, found.doi);
  append_string(out, ",\"venue\":"); append_json(out, found.venue);
  append_string(out, ",\"pdf_url\":"); append_json(out, found.pdf);
  append_string(out, ",\"site\":"); append_json(out, found.site);
  append_string(out, "}\n");
  char *all[] = {found.title, found.og_title, found.heading, found.abstract, found.element_abstract,
    found.heading_abstract, found.description, found.date, found.doi, found.venue, found.pdf, found.site};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; ++i) if (all[i]) xmlFree(all[i]);
  free(found.authors.bytes);
  if (document) xmlFreeDoc(document);
}

// MARK: - Fetching

static size_t receive(char *bytes, size_t size, size_t count, void *slot) {
  append(&((struct slot *)slot)->body, bytes, size * count);
  return size * count;
}

static int begin(CURLM *multi, struct slot *slot) {
  slot->page = atomic_fetch_add(&next_page, 1);
  if (slot->page >= url_count) return 0;
  slot->body.count = 0;
  curl_easy_setopt(slot->handle, CURLOPT_URL, urls[slot->page]);
  return curl_multi_add_handle(multi, slot->handle) == CURLM_OK;
}

static void *work(void *unused) {
  (void)unused;
  long slot_count = connections / threads, open = 0;
  CURLM *multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, slot_count);
  struct slot *slots = calloc(slot_count, sizeof *slots);
  if (!multi || !slots) abort();
  for (long i = 0; i < slot_count; ++i) {
    slots[i].handle = curl_easy_init();
    curl_easy_setopt(slots[i].handle, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(slots[i].handle, CURLOPT_WRITEDATA, &slots[i]);
    curl_easy_setopt(slots[i].handle, CURLOPT_PRIVATE, &slots[i]);
    curl_easy_setopt(slots[i].handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(slots[i].handle, CURLOPT_ACCEPT_ENCODING, "");
    open += begin(multi, &slots[i]);
  }
  while (open > 0) {
    int running, left;
    curl_multi_perform(multi, &running);
    CURLMsg *message;
    int ended = 0;
    while ((message = curl_multi_info_read(multi, &left))) {
      if (message->msg != CURLMSG_DONE) continue;
      struct slot *slot;
      ended = 1;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&slot);
      curl_multi_remove_handle(multi, slot->handle);
      extract(slot->page, &slot->body, &records[slot->page]);
      open -= 1;
      open += begin(multi, slot);
    }
    if (open > 0 && !ended) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  for (long i = 0; i < slot_count; ++i) { curl_easy_cleanup(slots[i].handle); free(slots[i].body.bytes); }
  free(slots);
  curl_multi_cleanup(multi);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 4) return 64;
  FILE *list = fopen(arguments[1], "r");
  if (!list) return 1;
  char line[4096];
  for (long capacity = 0; fgets(line, sizeof line, list);) {
    if (url_count == capacity) urls = realloc(urls, (capacity = 2 * capacity + 1024) * sizeof *urls);
    line[strcspn(line, "\r\n")] = 0;
    urls[url_count++] = strdup(line);
  }
  fclose(list);
  connections = atol(arguments[3]);
  records = calloc(url_count, sizeof *records);
  curl_global_init(CURL_GLOBAL_ALL);
  xmlInitParser();
  pthread_t all[threads];
  for (int i = 0; i < threads; ++i) pthread_create(&all[i], NULL, work, NULL);
  for (int i = 0; i < threads; ++i) pthread_join(all[i], NULL);
  FILE *output = fopen(arguments[2], "w");
  if (!output) return 1;
  for (long i = 0; i < url_count; ++i) fwrite(records[i].bytes, 1, records[i].count, output);
  return fclose(output) ? 1 : 0;
}
