# kube-proxy with the iptables programs, their extensions, and every library that these link to; nothing else.
ARG BASE
FROM ${BASE} AS debian
RUN mkdir /out && cd / \
 && cp -a --parents usr/sbin/iptables* usr/sbin/ip6tables* usr/sbin/xtables-* etc/alternatives/ip*tables* \
      usr/lib/*/xtables usr/sbin/conntrack /out/ \
 && for file in usr/sbin/xtables-nft-multi usr/sbin/xtables-legacy-multi usr/sbin/conntrack usr/lib/*/xtables/*.so; do \
      ldd "$file" | grep -oE '/[^ ]+' ; \
    done | sort -u | while read -r library; do \
      mkdir -p "/out$(dirname "$library")" && cp -aL "$library" "/out$library"; \
    done \
 && mkdir /out/run /out/tmp

FROM scratch
COPY --from=debian /out/ /
COPY kube-proxy /usr/local/bin/kube-proxy
ENV PATH=/usr/local/bin:/usr/sbin
ENTRYPOINT ["/usr/local/bin/kube-proxy"]
