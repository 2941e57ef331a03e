using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training;

/// <summary>Decoupled weight decay, with each tensor's own learning rate lr: p -= lr*wd*p, or cautiously p -= lr^2*wd*mask*p where update and p agree.</summary>
internal sealed record WeightDecay(double Rate, CautiousDecay Cautious)
{
    /// <summary>Shrinks a parameter, before it is moved against <paramref name="update"/>, of which only the sign counts.</summary>
    internal void Apply(Tensor parameter, Tensor update, double learningRate)
    {
        if (Rate == 0) return;
        if (Cautious == CautiousDecay.Off)
        {
            parameter.mul_(1 - learningRate * Rate);
            return;
        }
        var agreement = update * parameter;
        var mask = (Cautious == CautiousDecay.Along ? agreement.gt(0) : agreement.ge(0)).to(parameter.dtype);
        parameter.addcmul_(parameter, mask, -learningRate * learningRate * Rate);
    }
}
