// One door into libtorch: a generic call into the ATen dispatcher, and the few things that are not operators.
// Compiles unchanged against libtorch 1.13 and 2.x. Every function that can fail returns -1 (or null) and leaves
// the text of the exception for door_error().

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/DefaultDtype.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/cuda.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#define DOOR extern "C" __attribute__((visibility("default")))

namespace {

enum Tag : int32_t { None, TensorTag, Int, Double, Bool, IntList, TensorList, String, DoubleList, DeviceTag };

// An argument or a result. Lists and strings point to `length` items at `pointer`.
struct Value {
    int32_t tag;
    int32_t length;
    union {
        int64_t integer;
        double real;
        const void* pointer;
    };
};

thread_local std::string error;
thread_local std::vector<c10::IValue> stack;
thread_local std::vector<void*> result_handles;

// A handle is an owned reference to a TensorImpl.
void* own(at::Tensor tensor) { return tensor.unsafeReleaseTensorImpl(); }

using ImplPointer = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

at::Tensor borrow(const void* handle) {
    auto* impl = static_cast<c10::TensorImpl*>(const_cast<void*>(handle));
    return impl ? at::Tensor(ImplPointer::unsafe_reclaim_from_nonowning(impl)) : at::Tensor();
}

c10::IValue to_ivalue(const Value& value) {
    switch (value.tag) {
        case None: return {};
        case TensorTag: return borrow(value.pointer);
        case Int: return value.integer;
        case Double: return value.real;
        case Bool: return value.integer != 0;
        case IntList: {
            auto* items = static_cast<const int64_t*>(value.pointer);
            return std::vector<int64_t>(items, items + value.length);
        }
        case DoubleList: {
            auto* items = static_cast<const double*>(value.pointer);
            return std::vector<double>(items, items + value.length);
        }
        case TensorList: {
            auto* items = static_cast<void* const*>(value.pointer);
            c10::List<at::Tensor> list;
            list.reserve(value.length);
            for (int32_t i = 0; i < value.length; i++) list.push_back(borrow(items[i]));
            return list;
        }
        case String: return std::string(static_cast<const char*>(value.pointer), value.length);
        case DeviceTag:
            return c10::Device(static_cast<c10::DeviceType>(value.integer & 0xff),
                               static_cast<c10::DeviceIndex>(value.integer >> 8));
        default: throw std::invalid_argument("unknown tag of an argument");
    }
}

Value to_value(c10::IValue&& value) {
    Value result{};
    if (value.isTensor()) {
        result.tag = TensorTag;
        result.pointer = own(std::move(value).toTensor());
    } else if (value.isInt()) {
        result.tag = Int;
        result.integer = value.toInt();
    } else if (value.isDouble()) {
        result.tag = Double;
        result.real = value.toDouble();
    } else if (value.isBool()) {
        result.tag = Bool;
        result.integer = value.toBool();
    } else if (value.isTensorList()) {
        result_handles.clear();
        for (at::Tensor item : std::move(value).toTensorVector()) result_handles.push_back(own(std::move(item)));
        result.tag = TensorList;
        result.length = static_cast<int32_t>(result_handles.size());
        result.pointer = result_handles.data();
    } else if (value.isNone()) {
        result.tag = None;
    } else {
        throw std::invalid_argument("an operator returned a " + value.tagKind());
    }
    return result;
}

template <typename F>
auto guarded(F&& body) -> decltype(body()) {
    using Result = decltype(body());
    try {
        return body();
    } catch (const c10::Error& e) {
        error = e.what_without_backtrace();
    } catch (const std::exception& e) {
        error = e.what();
    } catch (...) {
        error = "unknown C++ exception";
    }
    if constexpr (std::is_pointer_v<Result>) return nullptr;
    else return static_cast<Result>(-1);
}

}  // namespace

DOOR const char* door_error() { return error.c_str(); }

// ---- operators

// Looks an operator up once; the handle lives as long as the process.
DOOR const void* door_operator(const char* name, const char* overload) {
    return guarded([&]() -> const void* {
        return new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload));
    });
}

// Calls an operator; missing trailing arguments take their defaults. Returns how many results were written;
// with a capacity of 0 the results are dropped (an in-place operator returns the tensor it was given).
DOOR int32_t door_call(const void* handle, const Value* arguments, int32_t argument_count, Value* results, int32_t result_capacity) {
    return guarded([&]() -> int32_t {
        const auto& op = *static_cast<const c10::OperatorHandle*>(handle);
        stack.clear();
        for (int32_t i = 0; i < argument_count; i++) stack.push_back(to_ivalue(arguments[i]));
        const auto& schema = op.schema().arguments();
        for (size_t i = argument_count; i < schema.size(); i++) {
            const auto& fallback = schema[i].default_value();
            if (!fallback) throw std::invalid_argument("missing argument " + schema[i].name());
            stack.push_back(*fallback);
        }
        op.callBoxed(stack);
        auto count = static_cast<int32_t>(stack.size());
        if (result_capacity == 0) {
            stack.clear();
            return 0;
        }
        if (count > result_capacity) throw std::invalid_argument("more results than expected");
        for (int32_t i = 0; i < count; i++) results[i] = to_value(std::move(stack[i]));
        stack.clear();
        return count;
    });
}

// ---- tensors

DOOR void door_release(void* handle) { ImplPointer::reclaim(static_cast<c10::TensorImpl*>(handle)); }

DOOR int32_t door_type(const void* handle) { return static_cast<int32_t>(borrow(handle).scalar_type()); }

DOOR int64_t door_device(const void* handle) {
    auto device = borrow(handle).device();
    return static_cast<int64_t>(device.type()) | static_cast<int64_t>(device.index()) << 8;
}

DOOR int32_t door_dimensions(const void* handle) { return static_cast<int32_t>(borrow(handle).dim()); }

DOOR int64_t door_count(const void* handle) { return borrow(handle).numel(); }

DOOR int64_t door_size(const void* handle, int64_t dimension) {
    return guarded([&] { return borrow(handle).size(dimension); });
}

DOOR void door_sizes(const void* handle, int64_t* sizes) {
    auto source = borrow(handle).sizes();
    std::memcpy(sizes, source.data(), source.size() * sizeof(int64_t));
}

DOOR int32_t door_is_contiguous(const void* handle) { return borrow(handle).is_contiguous(); }

// Address of the first element; on the CPU it may be read and written while the handle lives.
DOOR void* door_data(const void* handle) {
    return guarded([&] { return borrow(handle).data_ptr(); });
}

// A new tensor on the CPU with a copy of the memory.
DOOR void* door_from_memory(const void* memory, const int64_t* sizes, int32_t dimensions, int32_t type) {
    return guarded([&] {
        auto tensor = at::empty(at::IntArrayRef(sizes, dimensions), at::TensorOptions(static_cast<at::ScalarType>(type)));
        std::memcpy(tensor.data_ptr(), memory, tensor.nbytes());
        return own(std::move(tensor));
    });
}

// ---- autograd

DOOR int32_t door_requires_grad(const void* handle) { return borrow(handle).requires_grad(); }

DOOR int32_t door_set_requires_grad(const void* handle, int32_t value) {
    return guarded([&] { borrow(handle).set_requires_grad(value != 0); return 0; });
}

DOOR int32_t door_is_leaf(const void* handle) { return borrow(handle).is_leaf(); }

// The gradient, or null when there is none.
DOOR void* door_grad(const void* handle) {
    return guarded([&]() -> void* {
        auto tensor = borrow(handle);
        const at::Tensor& grad = tensor.grad();
        return grad.defined() ? own(grad) : nullptr;
    });
}

DOOR int32_t door_set_grad(const void* handle, const void* grad) {
    return guarded([&] { borrow(handle).mutable_grad() = borrow(grad); return 0; });
}

// Gradients of the sum of tensors[i] * grads[i] (grads[i] null for a scalar's own 1) into the leaves.
DOOR int32_t door_backward(void* const* tensors, void* const* grads, int32_t count, int32_t retain_graph) {
    return guarded([&] {
        torch::autograd::variable_list roots, seeds;
        for (int32_t i = 0; i < count; i++) {
            roots.push_back(borrow(tensors[i]));
            seeds.push_back(grads ? borrow(grads[i]) : at::Tensor());
        }
        torch::autograd::backward(roots, seeds, retain_graph != 0);
        return 0;
    });
}

DOOR int32_t door_grad_enabled() { return c10::GradMode::is_enabled(); }

DOOR void door_set_grad_enabled(int32_t value) { c10::GradMode::set_enabled(value != 0); }

// ---- defaults, random state, threads, devices

DOOR int32_t door_set_default_type(int32_t type) {
    return guarded([&] { c10::set_default_dtype(c10::scalarTypeToTypeMeta(static_cast<at::ScalarType>(type))); return 0; });
}

DOOR int32_t door_manual_seed(int64_t seed) {
    return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); return 0; });
}

// State of the CPU generator as a tensor of bytes.
DOOR void* door_random_state() {
    return guarded([&] {
        auto generator = at::detail::getDefaultCPUGenerator();
        std::lock_guard<std::mutex> lock(generator.mutex());
        return own(generator.get_state());
    });
}

DOOR int32_t door_set_random_state(const void* handle) {
    return guarded([&] {
        auto generator = at::detail::getDefaultCPUGenerator();
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(borrow(handle));
        return 0;
    });
}

DOOR int32_t door_threads() { return at::get_num_threads(); }

DOOR int32_t door_set_threads(int32_t threads) {
    return guarded([&] { at::set_num_threads(threads); return 0; });
}

DOOR int32_t door_cuda_available() { return at::hasCUDA(); }

DOOR int32_t door_cuda_count() {
    return guarded([] { return static_cast<int32_t>(torch::cuda::device_count()); });
}

DOOR int32_t door_cuda_synchronize(int64_t index) {
    return guarded([&] { torch::cuda::synchronize(index); return 0; });
}
