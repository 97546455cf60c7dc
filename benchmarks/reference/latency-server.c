// A server that answers every request after the same delay, on 127.0.1.1 to 127.0.1.N, for measuring how
// well a scraper keeps many slow hosts busy. It costs little processor time: one thread, epoll, and a queue
// in order of time, because equal delays end in the order in which they began.
//
//   gcc -O2 -o latency-server latency-server.c
//   ./latency-server PORT HOSTS MILLISECONDS PAGE.html     (writes "ready", ends with its standard input)
//
// /robots.txt is answered after the same delay. Requests are expected to be without a body.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most = 8192 };

/// A connection: what has arrived of a request, and its number, which is new for each connection.
struct connection { int is_open; uint32_t number; size_t count, sent; const char *answer; size_t size; char request[4096]; };
struct pending { int socket; uint32_t number; int64_t due; int is_robots; };

static struct connection connections[most];
static struct pending queue[most * 4];
static size_t queue_head, queue_tail;
static int poller;
static char *page, *robots;
static size_t page_size, robots_size;
static int64_t delay;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static char *response(const char *body, size_t count, const char *type, size_t *size) {
  char *text = malloc(count + 256);
  if (!text) abort();
  int head = sprintf(text, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type, count);
  memcpy(text + head, body, count);
  *size = head + count;
  return text;
}

static void end(int socket) {
  close(socket);
  connections[socket].is_open = 0;
}

static void watch(int socket, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.fd = socket};
  epoll_ctl(poller, operation, socket, &event);
}

static void accept_all(int listener) {
  int socket, one = 1;
  while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    if (socket >= most) { close(socket); continue; }
    struct connection *connection = &connections[socket];
    connection->is_open = 1;
    connection->number += 1;
    connection->count = connection->sent = connection->size = 0;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watch(socket, EPOLLIN, EPOLL_CTL_ADD);
  }
}

static void send_rest(int socket) {
  struct connection *connection = &connections[socket];
  while (connection->sent < connection->size) {
    ssize_t count = send(socket, connection->answer + connection->sent, connection->size - connection->sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) { watch(socket, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD); return; }
    if (count < 0) { end(socket); return; }
    connection->sent += count;
  }
  watch(socket, EPOLLIN, EPOLL_CTL_MOD);
}

static void receive(int socket) {
  struct connection *connection = &connections[socket];
  ssize_t count = recv(socket, connection->request + connection->count, sizeof connection->request - connection->count - 1, 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) { end(socket); return; }
  connection->count += count;
  connection->request[connection->count] = 0;
  char *last = strstr(connection->request, "\r\n\r\n");
  if (!last) { if (connection->count > sizeof connection->request - 2) end(socket); return; }
  int is_robots = !strncmp(connection->request, "GET /robots.txt ", 16);
  connection->count = 0;
  queue[queue_tail++ % (most * 4)] = (struct pending){socket, connection->number, now() + delay, is_robots};
}

static void answer_due(void) {
  int64_t time = now();
  while (queue_head < queue_tail && queue[queue_head % (most * 4)].due <= time) {
    struct pending *pending = &queue[queue_head++ % (most * 4)];
    struct connection *connection = &connections[pending->socket];
    if (!connection->is_open || connection->number != pending->number) continue;
    connection->answer = pending->is_robots ? robots : page;
    connection->size = pending->is_robots ? robots_size : page_size;
    connection->sent = 0;
    send_rest(pending->socket);
  }
}

static int listen_on(int host, int port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(0x7F000100 + host);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) {
    perror("latency-server");
    exit(1);
  }
  watch(listener, EPOLLIN, EPOLL_CTL_ADD);
  return listener;
}

int main(int count, char **arguments) {
  if (count != 5) return 64;
  int port = atoi(arguments[1]), hosts = atoi(arguments[2]);
  delay = atoll(arguments[3]) * INT64_C(1000000);
  FILE *file = fopen(arguments[4], "r");
  if (!file) { perror(arguments[4]); return 1; }
  static char body[1 << 22];
  size_t body_size = fread(body, 1, sizeof body, file);
  fclose(file);
  page = response(body, body_size, "text/html", &page_size);
  const char rules[] = "User-agent: *\nDisallow: /private/\n";
  robots = response(rules, sizeof rules - 1, "text/plain", &robots_size);
  poller = epoll_create1(EPOLL_CLOEXEC);
  static char is_listener[most];
  for (int host = 1; host <= hosts; ++host) is_listener[listen_on(host, port)] = 1;
  watch(STDIN_FILENO, EPOLLIN, EPOLL_CTL_ADD);
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct timespec wait = {0}, *limit = NULL;
    if (queue_head < queue_tail) {
      int64_t rest = queue[queue_head % (most * 4)].due - now();
      if (rest > 0) { wait.tv_sec = rest / 1000000000; wait.tv_nsec = rest % 1000000000; }
      limit = &wait;
    }
    struct epoll_event events[256];
    int ready = epoll_pwait2(poller, events, 256, limit, NULL);
    for (int i = 0; i < ready; ++i) {
      int socket = events[i].data.fd;
      char byte[16];
      if (socket == STDIN_FILENO) { if (read(STDIN_FILENO, byte, sizeof byte) <= 0) return 0; continue; }
      if (is_listener[socket]) { accept_all(socket); continue; }
      if (events[i].events & EPOLLOUT) send_rest(socket);
      if (connections[socket].is_open && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(socket);
    }
    answer_due();
  }
}
