package io.weft.sidecar.cluster.dns;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.weft.sidecar.cluster.pool.ChannelOpener;
import io.weft.sidecar.resource.ClusterResource;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asynchronous DNS with a cache that obeys TTLs; {@code /etc/hosts} counts. One per engine, on one of its loops. */
public final class NameResolver implements AutoCloseable {
    private final EventLoop loop;
    private @Nullable DnsNameResolver resolver;

    public NameResolver(EventLoopGroup loops) {
        this.loop = loops.next();
    }

    /** Calls back on an event loop of the engine. An IP literal is its own answer. */
    public void resolve(String name, ClusterResource.Dns.Family family, Answer answer) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(name);
        loop.execute(() -> {
            if (literal != null) {
                try {
                    answer.addresses(List.of(InetAddress.getByAddress(literal)));
                } catch (UnknownHostException e) {
                    answer.failed(name + ": " + e.getMessage());
                }
                return;
            }
            resolver().resolveAll(name).addListener((Future<List<InetAddress>> done) -> {
                if (done.isSuccess()) {
                    answer(name, family, done.getNow(), answer);
                } else {
                    answer.failed(name + ": " + done.cause().getMessage());
                }
            });
        });
    }

    private static void answer(String name, ClusterResource.Dns.Family family, List<InetAddress> found, Answer answer) {
        List<InetAddress> v4 = found.stream().filter(Inet4Address.class::isInstance).toList();
        List<InetAddress> v6 = found.stream().filter(a -> !(a instanceof Inet4Address)).toList();
        List<InetAddress> chosen = switch (family) {
            case V4_ONLY -> v4;
            case V6_ONLY -> v6;
            case V4_PREFERRED, AUTO -> v4.isEmpty() ? v6 : v4;
            case ALL -> found;
        };
        if (chosen.isEmpty()) {
            answer.failed(name + ": no address of the family asked for (" + family + ")");
        } else {
            answer.addresses(chosen);
        }
    }

    private DnsNameResolver resolver() {
        DnsNameResolver made = resolver;
        if (made == null) {
            boolean epoll = ChannelOpener.epoll(loop);
            made = new DnsNameResolverBuilder(loop)
                    .datagramChannelType(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
                    .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                    .ttl(1, 300)
                    .negativeTtl(1)
                    .queryTimeoutMillis(3000)
                    .build();
            resolver = made;
        }
        return made;
    }

    @Override
    public void close() {
        if (loop.isShuttingDown()) {
            return;
        }
        loop.execute(() -> {
            if (resolver != null) {
                resolver.close();
            }
        });
    }

    /** What became of a question. */
    public interface Answer {
        /** At least one. */
        void addresses(List<InetAddress> addresses);

        void failed(String reason);
    }
}
