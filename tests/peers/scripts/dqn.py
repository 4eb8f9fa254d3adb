"""Deep Q-learning with a memory and a target network, on a pole that may fall."""

import random
from collections import deque

import numpy as np
from keras.layers import Dense
from keras.models import Sequential, clone_model
from keras.optimizers import Adam


class Pole:
    """Falls to the side to which it leans, unless pushed."""

    def reset(self):
        self.state = np.array([0.05, 0.0, 0.02, 0.0])
        return self.state

    def step(self, action):
        push = 0.1 if action else -0.1
        position, speed, angle, turn = self.state
        turn += 0.05 * angle - 0.2 * push
        self.state = np.array([position + 0.1 * speed, speed + push, angle + 0.1 * turn, turn])
        return self.state, 1.0, bool(abs(self.state[2]) > 0.2 or abs(self.state[0]) > 1)


class DQNAgent:
    def __init__(self, state_size, action_size):
        self.state_size, self.action_size = state_size, action_size
        self.memory = deque(maxlen=200)
        self.gamma, self.epsilon = 0.95, 1.0
        self.model = self._build_model()
        self.target_model = clone_model(self.model)
        self.update_target_model()

    def _build_model(self):
        model = Sequential()
        model.add(Dense(12, input_dim=self.state_size, activation="relu"))
        model.add(Dense(12, activation="relu"))
        model.add(Dense(self.action_size, activation="linear"))
        model.compile(loss="huber", optimizer=Adam(learning_rate=0.001))
        return model

    def update_target_model(self):
        self.target_model.set_weights(self.model.get_weights())

    def act(self, state):
        if dice.random() <= self.epsilon:
            return dice.randrange(self.action_size)
        return int(np.argmax(self.model.predict(state, verbose=0)[0]))

    def replay(self, batch_size):
        minibatch = dice.sample(list(self.memory), batch_size)
        states = np.concatenate([state for state, _, _, _, _ in minibatch])
        targets = self.model.predict_on_batch(states)
        for row, (_, action, reward, next_state, done) in enumerate(minibatch):
            if done:
                targets[row, action] = reward
            else:
                t = self.target_model.predict(next_state, verbose=0)[0]
                targets[row, action] = reward + self.gamma * np.amax(t)
        self.epsilon *= 0.9
        return self.model.train_on_batch(states, targets)


dice = random.Random(3)
env = Pole()
agent = DQNAgent(4, 2)
losses = []
lengths = []
for episode in range(4):
    state = env.reset().reshape(1, 4)
    for time in range(25):
        action = agent.act(state)
        next_state, reward, done = env.step(action)
        next_state = next_state.reshape(1, 4)
        agent.memory.append((state, action, reward if not done else -10, next_state, done))
        state = next_state
        if done:
            break
    agent.update_target_model()
    lengths.append(time)
    if len(agent.memory) > 8:
        losses.append(agent.replay(8))
q = agent.model.predict(np.eye(4), verbose=0)
print(lengths)
agent.model.save_weights("cartpole.weights.h5")
agent.target_model.load_weights("cartpole.weights.h5")
q_target = agent.target_model.predict(np.eye(4), verbose=0)
