// SPDX-License-Identifier: Apache-2.0
// Numbers, layouts and signatures of NCCL.
#include "real/standin/header_facts_test.hpp"

#include <nccl.h>

#include <typeinfo>

// Compiled twice, with the stand-in's header and with the library's own; REDUCECHECK_FACTS, given
// by the build, names which.
namespace reducecheck::standin::REDUCECHECK_FACTS {

namespace {

const HeaderFacts all_facts = {
    {"ncclSuccess", std::to_string(ncclSuccess)},
    {"ncclUnhandledCudaError", std::to_string(ncclUnhandledCudaError)},
    {"ncclSystemError", std::to_string(ncclSystemError)},
    {"ncclInternalError", std::to_string(ncclInternalError)},
    {"ncclInvalidArgument", std::to_string(ncclInvalidArgument)},
    {"ncclInvalidUsage", std::to_string(ncclInvalidUsage)},
    {"ncclRemoteError", std::to_string(ncclRemoteError)},
    {"ncclInProgress", std::to_string(ncclInProgress)},
    {"ncclNumResults", std::to_string(ncclNumResults)},
    {"ncclSum", std::to_string(ncclSum)},
    {"ncclProd", std::to_string(ncclProd)},
    {"ncclMax", std::to_string(ncclMax)},
    {"ncclMin", std::to_string(ncclMin)},
    {"ncclAvg", std::to_string(ncclAvg)},
    {"ncclNumOps", std::to_string(ncclNumOps)},
    {"ncclMaxRedOp", std::to_string(ncclMaxRedOp)},
    {"ncclInt8", std::to_string(ncclInt8)},
    {"ncclChar", std::to_string(ncclChar)},
    {"ncclUint8", std::to_string(ncclUint8)},
    {"ncclInt32", std::to_string(ncclInt32)},
    {"ncclInt", std::to_string(ncclInt)},
    {"ncclUint32", std::to_string(ncclUint32)},
    {"ncclInt64", std::to_string(ncclInt64)},
    {"ncclUint64", std::to_string(ncclUint64)},
    {"ncclFloat16", std::to_string(ncclFloat16)},
    {"ncclHalf", std::to_string(ncclHalf)},
    {"ncclFloat32", std::to_string(ncclFloat32)},
    {"ncclFloat", std::to_string(ncclFloat)},
    {"ncclFloat64", std::to_string(ncclFloat64)},
    {"ncclDouble", std::to_string(ncclDouble)},
    {"ncclBfloat16", std::to_string(ncclBfloat16)},
    {"ncclFloat8e4m3", std::to_string(ncclFloat8e4m3)},
    {"ncclFloat8e5m2", std::to_string(ncclFloat8e5m2)},
    {"ncclNumTypes", std::to_string(ncclNumTypes)},
    {"ncclScalarDevice", std::to_string(ncclScalarDevice)},
    {"ncclScalarHostImmediate", std::to_string(ncclScalarHostImmediate)},
    {"sizeof(ncclUniqueId)", std::to_string(sizeof(ncclUniqueId))},
    {"sizeof(ncclConfig_t)", std::to_string(sizeof(ncclConfig_t))},
    {"offsetof(ncclConfig_t, magic)", std::to_string(offsetof(ncclConfig_t, magic))},
    {"offsetof(ncclConfig_t, blocking)", std::to_string(offsetof(ncclConfig_t, blocking))},
    {"offsetof(ncclConfig_t, netName)", std::to_string(offsetof(ncclConfig_t, netName))},
    {"offsetof(ncclConfig_t, commName)", std::to_string(offsetof(ncclConfig_t, commName))},
    {"offsetof(ncclConfig_t, nvlinkCentricSched)",
     std::to_string(offsetof(ncclConfig_t, nvlinkCentricSched))},
    {"sizeof(ncclRedOp_t)", std::to_string(sizeof(ncclRedOp_t))},
    {"sizeof(ncclDataType_t)", std::to_string(sizeof(ncclDataType_t))},
    {"NCCL_CONFIG_UNDEF_INT", std::to_string(NCCL_CONFIG_UNDEF_INT)},
    {"NCCL_SPLIT_NOCOLOR", std::to_string(NCCL_SPLIT_NOCOLOR)},
    {"ncclConfig_t(NCCL_CONFIG_INITIALIZER).magic",
     std::to_string(ncclConfig_t(NCCL_CONFIG_INITIALIZER).magic)},
    {"ncclConfig_t(NCCL_CONFIG_INITIALIZER).size",
     std::to_string(ncclConfig_t(NCCL_CONFIG_INITIALIZER).size)},
    {"ncclConfig_t(NCCL_CONFIG_INITIALIZER).blocking",
     std::to_string(ncclConfig_t(NCCL_CONFIG_INITIALIZER).blocking)},
    {"ncclGetVersion", typeid(&ncclGetVersion).name()},
    {"ncclGetUniqueId", typeid(&ncclGetUniqueId).name()},
    {"ncclCommInitRank", typeid(&ncclCommInitRank).name()},
    {"ncclCommInitRankConfig", typeid(&ncclCommInitRankConfig).name()},
    {"ncclCommInitAll", typeid(&ncclCommInitAll).name()},
    {"ncclCommSplit", typeid(&ncclCommSplit).name()},
    {"ncclCommFinalize", typeid(&ncclCommFinalize).name()},
    {"ncclCommDestroy", typeid(&ncclCommDestroy).name()},
    {"ncclCommAbort", typeid(&ncclCommAbort).name()},
    {"ncclCommGetAsyncError", typeid(&ncclCommGetAsyncError).name()},
    {"ncclCommCount", typeid(&ncclCommCount).name()},
    {"ncclCommCuDevice", typeid(&ncclCommCuDevice).name()},
    {"ncclCommUserRank", typeid(&ncclCommUserRank).name()},
    {"ncclGetErrorString", typeid(&ncclGetErrorString).name()},
    {"ncclGetLastError", typeid(&ncclGetLastError).name()},
    {"ncclRedOpCreatePreMulSum", typeid(&ncclRedOpCreatePreMulSum).name()},
    {"ncclRedOpDestroy", typeid(&ncclRedOpDestroy).name()},
    {"ncclReduce", typeid(&ncclReduce).name()},
    {"ncclBroadcast", typeid(&ncclBroadcast).name()},
    {"ncclAllReduce", typeid(&ncclAllReduce).name()},
    {"ncclReduceScatter", typeid(&ncclReduceScatter).name()},
    {"ncclAllGather", typeid(&ncclAllGather).name()},
    {"ncclSend", typeid(&ncclSend).name()},
    {"ncclRecv", typeid(&ncclRecv).name()},
    {"ncclGroupStart", typeid(&ncclGroupStart).name()},
    {"ncclGroupEnd", typeid(&ncclGroupEnd).name()},
};

}  // namespace

HeaderFacts nccl_facts() {
  return all_facts;
}

}  // namespace reducecheck::standin::REDUCECHECK_FACTS
