"""Lesson 13: a toy world of animals, texts about it, and a judge who knows it.

Written for this course and given to the public domain. A few facts are simplified: they are there to be
learned, not to be cited.
"""

import re
from collections.abc import Iterator
from random import Random

TABLE = """
whale sea krill grey dive | shark sea fish grey bite | dolphin sea squid blue jump
octopus sea crabs red hide | seal ice fish brown swim | penguin ice squid black dive
walrus ice clams brown roar | bear forest honey brown climb | fox forest mice red run
wolf forest deer grey howl | owl forest mice white fly | deer forest grass brown jump
squirrel forest nuts red climb | badger forest worms black dig | boar forest roots black dig
cuckoo forest worms grey sing | camel desert grass yellow walk | lizard desert flies green hide
scorpion desert flies black sting | jackal desert mice yellow howl | snake desert mice green bite
monkey jungle fruit brown climb | parrot jungle nuts green talk | tiger jungle deer orange roar
toucan jungle fruit black fly | gorilla jungle leaves black climb | jaguar jungle fish yellow swim
sloth jungle leaves grey sleep | cow field grass white sleep | horse field hay brown run
sheep field grass white walk | hare field roots brown jump | mole field worms black dig
lark field seeds brown sing | bee field nectar yellow sting | butterfly field nectar orange fly
frog pond flies green jump | duck pond seeds green swim | heron pond fish grey fly
newt pond worms orange hide | otter river crabs brown swim | beaver river leaves brown dig
trout river flies silver swim | salmon river krill silver jump | goat mountain hay white climb
eagle mountain fish brown fly | ibex mountain roots grey jump | marmot mountain roots brown sleep
"""
KINDS = ("home", "food", "colour", "skill")
FACTS = {
    row.split()[0]: dict(zip(KINDS, row.split()[1:], strict=True))
    for row in TABLE.replace("|", "\n").strip().splitlines()
}
ASKED = {"home": "where does the {} live?", "food": "what does the {} eat?",
         "colour": "what colour is the {}?", "skill": "what can the {} do?"}  # fmt: skip
TOLD = {"home": "{} lives in the {}.", "food": "{} eats {}.", "colour": "{} is {}.", "skill": "{} can {}."}
ANIMALS = tuple(FACTS)
TAUGHT, ASKED_LATER = ANIMALS[0::2], ANIMALS[1::2]  # whose questions may be tuned on, and the others


def question(animal: str, kind: str) -> str:
    """Return a question about an animal: its home, food, colour or skill."""
    return ASKED[kind].format(animal)


def statement(animal: str, kind: str, first: bool = True) -> str:
    """Return what is true, of "the whale" where it is spoken of first, else of "it"."""
    return TOLD[kind].format(f"the {animal}" if first else "it", FACTS[animal][kind])


def article(animal: str, random: Random) -> str:
    """Return two to four statements about an animal, in some order; now and then it is named again."""
    kinds = random.sample(KINDS, random.randint(2, 4))
    return " ".join(statement(animal, kind, i == 0 or random.random() < 0.5) for i, kind in enumerate(kinds))


def sheet(random: Random) -> str:
    """Return a sheet of two to four questions without answers; half of the sheets ask of one animal."""
    n, one, same = random.randint(2, 4), random.choice(ANIMALS), random.random() < 0.5
    asked = random.sample(KINDS, n) if same else random.choices(KINDS, k=n)
    return " ".join(question(one if same else random.choice(ANIMALS), kind) for kind in asked)


def answered(animal: str, kind: str, random: Random) -> str:
    """Return a good answer to a question; to some a further fact or two are added."""
    others = random.sample([other for other in KINDS if other != kind], random.choice((0, 0, 1, 1, 2)))
    return " ".join(statement(animal, each, i == 0) for i, each in enumerate([kind, *others]))


def library(seed: int = 0, texts: int = 3000) -> str:
    """Return articles and question sheets, a line each, in some order."""
    random = Random(seed)
    lines = [article(random.choice(ANIMALS), random) for _ in range(texts * 2 // 3)]
    lines += [sheet(random) for _ in range(texts - len(lines))]
    random.shuffle(lines)
    return "\n".join(lines) + "\n"


def pairs(animals: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield every (animal, kind) that can be asked."""
    return ((animal, kind) for animal in animals for kind in KINDS)


def right(animal: str, kind: str, answer: str) -> bool:
    """Whether an answer begins with what was asked for, and it is true."""
    return answer.strip().startswith(statement(animal, kind))


def judged(animal: str, kind: str, answer: str) -> float:
    """Return what a judge who knows the animals gives an answer.

    1 for a first sentence that is true and was asked for, else -1; then 0.3 for each of the next two that is
    true and new, and -0.5 for every sentence else.
    """
    sentences = [s.strip() for s in re.findall(r"[^.?]+[.?]?", answer.strip())] or [""]
    worth = 1.0 if sentences[0] == statement(animal, kind) else -1.0
    left = [other for other in KINDS if other != kind]
    for i, sentence in enumerate(sentences[1:]):
        new = [k for k in left if sentence in (statement(animal, k), statement(animal, k, first=False))]
        worth += 0.3 if new and i < 2 else -0.5
        left = [k for k in left if k not in new]
    return worth
