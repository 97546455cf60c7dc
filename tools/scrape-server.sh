#!/usr/bin/env bash
# Serves the drawn pages of the scraping benchmark (`make data` makes them) on 127.0.0.1:8877:
#
#   tools/scrape-server.sh start|stop
set -euo pipefail
cd "$(dirname "$0")/.."
port=8877
root=$PWD/.build/scrape
prefix=$root/nginx

running() { [[ -s $prefix/nginx.pid ]] && kill -0 "$(cat "$prefix/nginx.pid")" 2> /dev/null; }

start() {
  if ! command -v nginx > /dev/null; then
    echo "scrape-server: nginx is not there: apt-get install nginx-light" >&2
    exit 2
  fi
  if [[ ! -d $root/pages ]]; then
    echo "scrape-server: no pages in $root/pages: make data" >&2
    exit 2
  fi
  if running; then return; fi
  mkdir -p "$prefix"
  # The worker must be able to read the pages of whoever starts it.
  user=
  if [[ $EUID == 0 ]]; then user="user root;"; fi
  cat > "$prefix/nginx.conf" << CONF
$user
worker_processes 1;
pid $prefix/nginx.pid;
error_log $prefix/error.log;
events { worker_connections 2048; }
http {
  access_log off;
  default_type text/html;
  sendfile on;
  tcp_nopush on;
  gzip off;
  keepalive_timeout 60s;
  keepalive_requests 1000000;
  open_file_cache max=10000 inactive=10m;
  client_body_temp_path $prefix/body;
  proxy_temp_path $prefix/proxy;
  fastcgi_temp_path $prefix/fastcgi;
  uwsgi_temp_path $prefix/uwsgi;
  scgi_temp_path $prefix/scgi;
  server { listen 127.0.0.1:$port backlog=2048; root $root/pages; }
}
CONF
  nginx -p "$prefix" -c "$prefix/nginx.conf" -e "$prefix/error.log"
  echo "serving $root/pages on http://127.0.0.1:$port"
}

stop() {
  if ! running; then return; fi
  process=$(cat "$prefix/nginx.pid")
  kill -QUIT "$process"
  for _ in {1..50}; do
    kill -0 "$process" 2> /dev/null || return 0
    sleep 0.1
  done
  kill -TERM "$process"
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  *)
    echo "usage: tools/scrape-server.sh start|stop" >&2
    exit 64
    ;;
esac
