#!/bin/sh
# What the container runs: writes the configuration, sets the password, starts the server.
# The only variable is NEO4J_AUTH=neo4j/PASSWORD, as in Neo4j's own image.
set -eu
export NEO4J_HOME=/neo4j NEO4J_CONF=/neo4j/conf

cat > /neo4j/conf/neo4j.conf <<CONF
server.default_listen_address=0.0.0.0
server.bolt.listen_address=:7687
server.http.enabled=true
server.http.listen_address=:7474
server.memory.heap.initial_size=512m
server.memory.heap.max_size=1g
server.memory.pagecache.size=128m
dbms.usage_report.enabled=false
dbms.security.allow_csv_import_from_file_urls=false
CONF

if [ ! -e /neo4j/data/dbms/auth.ini ] && [ -n "${NEO4J_AUTH:-}" ]; then
    java -Xmx256m -cp '/neo4j/lib/*' org.neo4j.cli.AdminTool dbms set-initial-password "${NEO4J_AUTH#neo4j/}"
fi

# --console-mode sends the log to stdout, where testcontainers waits for its line.
exec java -Xmx1g \
    --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED \
    --add-opens=java.base/sun.nio.ch=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED \
    -Dio.netty.tryReflectionSetAccessible=true -cp '/neo4j/lib/*' \
    org.neo4j.server.CommunityEntryPoint --home-dir=/neo4j --config-dir=/neo4j/conf --console-mode
