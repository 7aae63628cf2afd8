/*
 * peercred.node: who is at the other end of a Unix stream socket.
 *
 * peer(descriptor) answers a Uint32Array: pid, uid, gid, then the supplementary groups; or the error number as a number. Node-API
 * only, so one build serves all versions of Node.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <node_api.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

/* NGROUPS_MAX of Linux: no process has more. */
enum { largest_group_list = 65536 };

static gid_t group_list[largest_group_list];

static napi_value number(napi_env env, int value)
{
	napi_value result;
	return napi_create_int32(env, value, &result) == napi_ok ? result : NULL;
}

/* The number of groups now in group_list, or -1 with errno. */
static int read_groups(int descriptor)
{
	socklen_t size = sizeof group_list;

	if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, group_list, &size) == -1)
		return errno == ENODATA || errno == ENOPROTOOPT ? 0 : -1;
	return (int)(size / sizeof group_list[0]);
}

static napi_value peer(napi_env env, napi_callback_info info)
{
	napi_value argument, buffer, result;
	size_t count = 1;
	int32_t descriptor;
	struct ucred credentials;
	socklen_t size = sizeof credentials;
	void *data;

	if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok || count < 1 ||
	    napi_get_value_int32(env, argument, &descriptor) != napi_ok) {
		napi_throw_type_error(env, NULL, "peer: expected a descriptor");
		return NULL;
	}
	if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == -1)
		return number(env, errno);
	if (size != sizeof credentials)
		return number(env, EPROTO);
	int groups = read_groups(descriptor);
	if (groups == -1)
		return number(env, errno);

	size_t length = 3 + (size_t)groups;
	if (napi_create_arraybuffer(env, length * sizeof(uint32_t), &data, &buffer) != napi_ok)
		return NULL;
	uint32_t *words = data;
	words[0] = (uint32_t)credentials.pid;
	words[1] = credentials.uid;
	words[2] = credentials.gid;
	memcpy(words + 3, group_list, (size_t)groups * sizeof group_list[0]);
	if (napi_create_typedarray(env, napi_uint32_array, length, buffer, 0, &result) != napi_ok)
		return NULL;
	return result;
}

NAPI_MODULE_INIT()
{
	napi_value function;

	if (napi_create_function(env, "peer", NAPI_AUTO_LENGTH, peer, NULL, &function) != napi_ok ||
	    napi_set_named_property(env, exports, "peer", function) != napi_ok)
		return NULL;
	return exports;
}
