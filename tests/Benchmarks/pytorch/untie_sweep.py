"""The runs of a sweep over untying times and loss weights in plain PyTorch, one after the other, as a script for one machine does them.

The model is that of nanogpt_step.py with further tokens as targets of the same logits (modded-nanogpt, pull request 178) and an output head that is
untied at some step: the embedding becomes its own matrix, with the optimizer's state of the head. Prints one JSON line.
"""
import argparse
import json
import math
import time

import torch
import torch.nn as nn
from torch.nn import functional as F

from nanogpt_step import Gpt


def parse(text):
    """"[1, 0.5->0] -> [1]" as phases of (from, to) pairs."""
    phases, depth, start = [], 0, 0
    for i, letter in enumerate(text):
        if letter == "[":
            start = i + 1
        elif letter == "]":
            phases.append([tuple(float(x) for x in (w.split("->") * 2)[:2]) for w in text[start:i].split(",")])
    return phases


def weights_at(phases, step, steps):
    share = steps / len(phases)
    place = min(int(step / share), len(phases) - 1)
    done = (step - place * share) / share
    return [a + (b - a) * done for a, b in phases[place]]


def loss_of(logits, targets, weights):
    B, T, V = logits.size()
    loss = 0.0
    for k, weight in enumerate(weights):
        if weight > 0:
            loss = loss + weight * F.cross_entropy(logits[:, :T - k].reshape(-1, V), targets[:, k:].reshape(-1), reduction="sum")
    return loss / (B * T)


def train(o, train_data, val_data, weights, untie_at, seed):
    torch.manual_seed(seed)
    model = Gpt(o.vocabulary, o.layers, o.heads, o.width, o.context)
    groups = [dict(params=[p for p in model.parameters() if p.dim() >= 2], weight_decay=0.1),
              dict(params=[p for p in model.parameters() if p.dim() < 2], weight_decay=0.0)]
    optimizer = torch.optim.AdamW(groups, lr=o.rate, betas=(0.9, 0.99))
    phases = parse(weights)
    untie_step = None if untie_at is None else math.ceil(untie_at * o.steps - 1e-9)
    warmup = o.warmup

    def logits(x):
        h = model.token(x) + model.position(torch.arange(x.size(1)))
        for block in model.blocks:
            h = block(h)
        return model.head(model.norm(h))

    for step in range(o.steps):
        if step == untie_step:
            tied = model.head.weight
            model.token.weight = nn.Parameter(tied.detach().clone())
            optimizer.param_groups[0]["params"].append(model.token.weight)
            if tied in optimizer.state:
                optimizer.state[model.token.weight] = {k: v.clone() if torch.is_tensor(v) else v for k, v in optimizer.state[tied].items()}
        if step < warmup:
            rate = o.rate * (step + 1) / (warmup + 1)
        else:
            rate = 0.1 * o.rate + 0.5 * (1 + math.cos(math.pi * (step - warmup) / (o.steps - warmup))) * 0.9 * o.rate
        for group in optimizer.param_groups:
            group["lr"] = rate
        at = torch.randint(len(train_data) - o.context, (o.batch,))
        x = torch.stack([train_data[i:i + o.context] for i in at])
        y = torch.stack([train_data[i + 1:i + 1 + o.context] for i in at])
        loss = loss_of(logits(x), y, weights_at(phases, step, o.steps))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    with torch.no_grad():
        places = o.eval_batches * o.batch
        last = len(val_data) - o.context - 1
        total = 0.0
        for b in range(o.eval_batches):
            starts = [(b * o.batch + i) * last // (places - 1) for i in range(o.batch)]
            x = torch.stack([val_data[s:s + o.context] for s in starts])
            y = torch.stack([val_data[s + 1:s + 1 + o.context] for s in starts])
            total += F.cross_entropy(logits(x).view(-1, o.vocabulary), y.view(-1)).item()
    return total / o.eval_batches


def main():
    a = argparse.ArgumentParser()
    for name, value in dict(layers=4, heads=4, width=128, context=64, batch=12, threads=2, steps=240, warmup=24, seeds=4, eval_batches=40).items():
        a.add_argument("--" + name, type=int, default=value)
    a.add_argument("--rate", type=float, default=1e-3)
    a.add_argument("--text", required=True)
    a.add_argument("--weights", action="append", required=True)
    a.add_argument("--untie", action="append", required=True, help="never, or a share of the steps")
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    begin = time.perf_counter()
    text = open(o.text, encoding="utf-8").read()
    symbols = sorted(set(text))
    o.vocabulary = len(symbols)
    number = {symbol: i for i, symbol in enumerate(symbols)}
    tokens = torch.tensor([number[symbol] for symbol in text])
    split = int(0.9 * len(tokens))
    runs = [dict(weights=weights, untie_at=untie, seed=seed,
                 val_loss=train(o, tokens[:split], tokens[split:], weights, None if untie == "never" else float(untie), seed))
            for weights in o.weights for untie in o.untie for seed in range(1, o.seeds + 1)]
    print(json.dumps(dict(seconds=time.perf_counter() - begin, runs=runs)))


if __name__ == "__main__":
    main()
