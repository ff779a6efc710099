"""The predict-then-run questions of lesson 11-classical."""

from helpers.widgets import predict

QUESTIONS = {
    "few": predict(
        "Naive Bayes believes that words are drawn one by one; the logistic neuron believes nothing. Who is ahead with 30 "
        "labels, and who with 4,500?",
        (
            "the neuron both times",
            "naive Bayes both times",
            "naive Bayes with 30, the neuron with 4,500",
            "the neuron with 30, naive Bayes with 4,500",
        ),
        2,
        "A false belief is a bias, and it saves variance. While labels are few, variance is what costs most; when they are "
        "many, only the bias is left.",
        alt="Two rising curves over the number of labelled mails, on a logarithmic axis. Naive Bayes is ahead of the "
        "logistic neuron while labels are few, by three points at thirty; at a thousand they are level, and at 4,500 the neuron is ahead.",
    ),
    "centre": predict(
        "You forget to take the mean off before PCA on digits. What is the first axis?",
        (
            "nearly the same as with the mean taken off",
            "nearly the mean picture itself",
            "a random direction",
        ),
        1,
        "All pictures lie far from 0, in the direction of their mean. Measured from 0 that is the direction in which the "
        "squares are largest, and it tells nothing about how digits differ.",
    ),
    "forest": predict(
        "Twenty-five trees, each grown on rows drawn with repetition and allowed only a few columns at each question. "
        "Compared with one careful tree, they are …",
        (
            "each one better, and better together",
            "each one worse, and about as good together",
            "each one worse, and better together",
        ),
        2,
        "What is taken from each tree makes it worse, and makes it different from the others. Mistakes that differ are "
        "outvoted.",
    ),
}
